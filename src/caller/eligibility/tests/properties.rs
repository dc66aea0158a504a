//! What holds of every step, checked against evaluators that share nothing with the one under test.

use proptest::prelude::*;
use serde_json::json;

use super::super::{CompiledQueue, Options, Precedence, Problem};
use super::{AND, EQUAL, OR, accepts, of_term, problems, read, term};

/// Rewrites the innermost parentheses until none are left: nothing in common with the evaluator but the meaning.
fn naive(mut text: String, precedence: Precedence) -> bool {
    let flat = |text: &str| match precedence {
        Precedence::AndFirst => text.split('|').any(|all| all.split('&').all(|truth| truth == "t")),
        Precedence::LeftToRight => {
            text.as_bytes()
                .chunks(2)
                .fold((false, b'|'), |(so_far, relation), pair| {
                    let truth = pair[0] == b't';
                    let joined = if relation == b'|' { so_far || truth } else { so_far && truth };
                    (joined, pair.get(1).copied().unwrap_or_default())
                })
                .0
        }
    };
    while let Some(open) = text.rfind('(') {
        let close = open + text[open..].find(')').expect("parentheses pair");
        let truth = if flat(&text[open + 1..close]) { "t" } else { "f" };
        text.replace_range(open..=close, truth);
    }
    flat(&text)
}

/// The step as text, with the truths of its terms from the bits of a number.
fn written(terms: &[(bool, i64)], truths: usize) -> String {
    let mut text = String::new();
    for (position, (is_and, parentheses)) in terms.iter().enumerate() {
        let times = usize::try_from(parentheses.abs()).expect("a few");
        text.push_str(if position == 0 {
            ""
        } else if *is_and {
            "&"
        } else {
            "|"
        });
        text.push_str(&"(".repeat(if *parentheses > 0 { times } else { 0 }));
        text.push(if truths >> position & 1 == 1 { 't' } else { 'f' });
        text.push_str(&")".repeat(if *parentheses < 0 { times } else { 0 }));
    }
    text
}

fn of_terms(terms: &[(bool, i64)], precedence: Precedence) -> CompiledQueue {
    let terms = terms.iter().enumerate().map(|(position, (is_and, parentheses))| {
        let junction = [if *is_and { AND } else { OR }, 0][usize::from(position == 0)];
        term(junction, *parentheses, (&position.to_string(), EQUAL, "true"))
    });
    let queue = read(json!({"steps": [{"terms": terms.collect::<Vec<_>>()}]}));
    CompiledQueue::new(&queue, Options { precedence, ..Options::default() })
}

fn evaluated(queue: &CompiledQueue, truths: usize) -> bool {
    let held: Vec<_> =
        (0..10).map(|term| (term.to_string(), (truths >> term & 1 == 1).to_string())).collect();
    let held: Vec<_> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    accepts(queue, &held)
}

/// Terms whose parentheses pair: a walk that never falls below zero and comes home with the last term.
fn paired_terms() -> impl Strategy<Value = Vec<(bool, i64)>> {
    prop::collection::vec((any::<bool>(), -3..=3_i64), 1..=6).prop_map(|mut terms| {
        let last = terms.len() - 1;
        let mut depth = 0;
        for (position, (_, parentheses)) in terms.iter_mut().enumerate() {
            *parentheses = if position == last { -depth } else { (*parentheses).max(-depth) };
            depth += *parentheses;
        }
        terms
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_means_what_its_text_means_under_either_precedence(terms in paired_terms()) {
        let precedences = [Precedence::AndFirst, Precedence::LeftToRight];
        let queues = precedences.map(|precedence| of_terms(&terms, precedence));
        let mut readings_differ = false;
        for truths in 0..1 << terms.len() {
            let expected = precedences.map(|precedence| naive(written(&terms, truths), precedence));
            prop_assert_eq!([0, 1].map(|reading| evaluated(&queues[reading], truths)), expected);
            readings_differ |= expected[0] != expected[1];
        }
        for queue in &queues {
            prop_assert_eq!(queue.steps()[0].mixes_relations(), readings_differ);
        }
    }

    #[test]
    fn parentheses_that_do_not_pair_are_always_told(
        terms in prop::collection::vec((any::<bool>(), -2..=2_i64), 1..=4),
    ) {
        let mut depth = 0;
        let never_below = terms.iter().all(|(_, parentheses)| { depth += parentheses; depth >= 0 });
        let expected = if never_below && depth == 0 { vec![] } else { vec![(0, Problem::UnbalancedParentheses)] };
        prop_assert_eq!(problems(&of_terms(&terms, Precedence::AndFirst)), expected);
    }

    #[test]
    fn whole_numbers_relate_as_they_do_in_arithmetic(held in -12..=12_i64, value in -12..=12_i64) {
        let expected = [held == value, held != value, held < value, held <= value, held > value, held >= value];
        for (relation, expected) in (1..).zip(expected) {
            let queue = of_term("a", relation, &value.to_string());
            prop_assert_eq!(accepts(&queue, &[("a", &held.to_string())]), expected);
        }
    }
}
