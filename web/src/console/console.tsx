// The console: whether the gateway is well, how it stands in a few numbers, charts of five minutes, and tables.
import { useEffect, useState } from 'react';
import { Charts } from './charts';
import { count, lasted, timeOfDay } from './format';
import { difference, earliest, total } from './history';
import {
  CachePanel,
  CallPanel,
  OperationPanel,
  PlanPanel,
  PollPanel,
  TurnedAwayPanel,
  UpstreamPanel,
  type PanelProps,
} from './panels';
import type { State } from './state';
import { useWatch, type Watch } from './watch';

type Scope = 'start' | 'window';

/** In the address, so that a page on a wall comes back as it was. */
const WINDOW_HASH = '#five-minutes';

const scopeOfAddress = (): Scope => (location.hash === WINDOW_HASH ? 'window' : 'start');

export function Console() {
  const [isPaused, setPaused] = useState(false);
  const [scope, setScope] = useState(scopeOfAddress);
  const watch = useWatch(isPaused);
  useEffect(() => {
    history.replaceState(null, '', scope === 'window' ? WINDOW_HASH : location.pathname);
  }, [scope]);
  return (
    <>
      <header className="head">
        <h1>portalgraph console</h1>
        <Health watch={watch} isPaused={isPaused} />
        <fieldset className="scope">
          <legend>Tables count</legend>
          <label>
            <input type="radio" name="scope" checked={scope === 'start'} onChange={() => setScope('start')} /> since the start
          </label>
          <label>
            <input type="radio" name="scope" checked={scope === 'window'} onChange={() => setScope('window')} /> the last 5 minutes
          </label>
        </fieldset>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          Pause
        </button>
      </header>
      <main className={watch.trouble ? 'is-old' : undefined}>
        {watch.latest ? <Body watch={watch} state={watch.latest.state} scope={scope} /> : <Nothing watch={watch} />}
      </main>
    </>
  );
}

/** How the gateway is, in words that are read out when they change; what changes with every look stands beside them. */
function Health({ watch: { latest, trouble }, isPaused }: { watch: Watch; isPaused: boolean }) {
  const [kind, text] = trouble
    ? ['open', `${trouble.reason} Since ${timeOfDay(trouble.since)}; tried again every 2 seconds.`]
    : !latest
      ? ['trying', 'Asking the gateway.']
      : latest.state.notReady !== null
        ? ['trying', `Not ready: ${latest.state.notReady}.`]
        : ['closed', 'Ready.'];
  return (
    <p className="health">
      <span role="status" className={`mark is-${kind}`}>
        {text}
        {isPaused && ' Paused.'}
      </span>
      {latest && <span className="seen">as of {timeOfDay(latest.at)}</span>}
    </p>
  );
}

function Nothing({ watch }: { watch: Watch }) {
  return (
    <p className="panel none">
      {watch.trouble ? 'Nothing has been seen of the gateway yet. This page goes on by itself when it is there.' : 'The first figures are on their way.'}
    </p>
  );
}

function Body({ watch, state, scope }: { watch: Watch; state: State; scope: Scope }) {
  const first = scope === 'window' ? earliest(watch.history) : null;
  const props: PanelProps = first?.state
    ? { state: difference(state, first.state), since: `since ${timeOfDay(first.at)}` }
    : { state, since: 'since the start' };
  return (
    <>
      <Figures state={state} />
      <Charts history={watch.history} />
      <div className="panels">
        <UpstreamPanel {...props} />
        <CachePanel {...props} />
        <OperationPanel {...props} />
        <CallPanel {...props} />
        <PollPanel {...props} />
        <PlanPanel {...props} />
        <TurnedAwayPanel {...props} />
      </div>
    </>
  );
}

function Figures({ state }: { state: State }) {
  const { sessions, requests, upstreams, live } = state;
  const open = upstreams.filter(({ breaker }) => breaker !== 'closed').length;
  const figures: [name: string, value: string][] = [
    ['People signed in', count(sessions.people)],
    ['Service accounts', `${count(sessions.serviceAccounts)} of ${count(sessions.serviceAccountsListed)}`],
    ['Requests under way', `${count(requests.underWay)} of ${count(requests.places)}`],
    ['Calls under way', count(total(upstreams, ({ underWay }) => underWay))],
    ['Breakers tripped', `${count(open)} of ${count(upstreams.length)}`],
    ['Subscriptions', count(live.subscriptions)],
    ['Pollers', count(total(live.polls, ({ pollers }) => pollers))],
    ['Up for', lasted(state.upSeconds)],
    ['Version', state.version],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name} className="panel">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
