//! Draws what the gateway's processor time is beside the other servers', with the bars, in colours for light and dark.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::cell::Way;
use super::field::Server;
use super::query::QUERIES;
use super::report::Report;

const SIZE: (u32, u32) = (760, 420);
/// Neither white nor black: what is read on both.
const INK: RGBColor = RGBColor(125, 125, 125);
const OURS: RGBColor = RGBColor(46, 134, 193);
const LIMIT: RGBColor = RGBColor(214, 90, 60);

/// A panel: what it shows, which way of asking, whom beside whom, and the bar.
type Panel = (&'static str, Way, (Server, Server), f64);

const PANELS: [Panel; 2] = [
    (
        "Cold, 1 connection: CPU per request, hand-written proxy = 1",
        Way { connections: 1, identities: 1, delay: 0 },
        (Server::Cold, Server::Proxy),
        1.6,
    ),
    (
        "Warm, 64 connections: CPU per request, ready bytes = 1",
        Way { connections: 64, identities: 1, delay: 0 },
        (Server::Warm, Server::Fixed),
        1.4,
    ),
];

/// Writes the chart, if its cells were measured.
pub(crate) fn draw(report: &Report, path: &str) {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    for (area, panel) in area.split_evenly((PANELS.len(), 1)).iter().zip(PANELS) {
        draw_panel(report, area, panel);
    }
    area.present().unwrap();
}

fn draw_panel(
    report: &Report,
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    (title, way, (ours, base), limit): Panel,
) {
    let ratio =
        |query: &str| Some(report.figures(query, way, ours)?.cpu / report.figures(query, way, base)?.cpu);
    let ratios: Vec<_> =
        QUERIES[1..].iter().filter_map(|query| Some((query.name, ratio(query.name)?))).collect();
    let highest = ratios.iter().map(|(_, ratio)| *ratio).fold(limit, f64::max) * 1.2;
    let style = |size: u32| ("sans-serif", size).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .caption(title, style(16))
        .x_label_area_size(24)
        .y_label_area_size(36)
        .build_cartesian_2d(0.0..ratios.len() as f64, 0.0..highest)
        .unwrap();
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.25))
        .axis_style(INK)
        .label_style(style(12))
        .x_labels(0)
        .y_labels(4)
        .draw()
        .unwrap();
    let middle = style(13).pos(Pos::new(HPos::Center, VPos::Bottom));
    let below = style(13).pos(Pos::new(HPos::Center, VPos::Top));
    for (place, (query, ratio)) in ratios.iter().enumerate() {
        let left = place as f64;
        let bar = Rectangle::new([(left + 0.25, 0.0), (left + 0.75, *ratio)], OURS.filled());
        chart.draw_series([bar]).unwrap();
        let label = Text::new(format!("{ratio:.2}"), (left + 0.5, *ratio), middle.clone());
        chart.plotting_area().draw(&label).unwrap();
        let name = EmptyElement::at((left + 0.5, 0.0)) + Text::new(*query, (0, 5), below.clone());
        chart.draw_series([name]).unwrap();
    }
    let line = PathElement::new([(0.0, limit), (ratios.len() as f64, limit)], LIMIT.stroke_width(2));
    chart.draw_series([line]).unwrap();
}
