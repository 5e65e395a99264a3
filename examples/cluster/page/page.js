// The page of a master: it shows the state of the leader as it changes, notices when the leader is gone, and goes
// on with the next one by itself. Everything that comes from a master is put in as text.

const SILENCE_MS = 2200; // a master writes at least once a second
const SEARCH_MS = 250; // between two questions to a master that answers
const BACK_OFF_MS = [1000, 2000, 4000, 8000]; // to one that does not
const ANSWER_MS = 1500;
const STRIP_MS = 120000;
const EVENTS_SHOWN = 200;
const TASKS_SHOWN = 300;

const shows_self = location.pathname === '/self';
const $ = (id) => document.getElementById(id);
const leads = (state) => state === 'leader' || state === 'jeopardy';

// ---------------------------------------------------------------------------------------------------------------
// Addresses: those of payloads may be anything.

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/;
const HOST = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?$/;
const reached_by_number = /^[\d.]+$|^\[/.test(location.hostname);

// This page may be here under another name than the one by which the master names itself.
const aliases = new Map();

// The origin of a master of the state: by its name if this page was reached by a name, else by its number.
function origin_of(master) {
  const address = typeof master.address === 'string' && ADDRESS.test(master.address) ? master.address : null;
  const host = master.host ?? master.hostname;
  const port = Number(master.port ?? address?.split(':').pop());
  const named = typeof host === 'string' && HOST.test(host) && port > 0 && port < 65536 ? `${host}:${port}` : null;
  const chosen = reached_by_number ? address ?? named : named ?? address;
  const origin = chosen ? `http://${chosen}` : null;
  return aliases.get(origin) ?? origin;
}

const name_of = (origin) => origin.replace(/^https?:\/\//, '');

// ---------------------------------------------------------------------------------------------------------------
// A stream of one master. fetch and not EventSource: it shows the comments, by which silence is noticed, and it
// does not connect again by itself to a master that is gone.

function listen(origin, on) {
  const stop = new AbortController();
  let silence = 0;
  let is_silent = false;
  const heard = () => {
    last_heard = Date.now();
    clearTimeout(silence);
    silence = setTimeout(() => {
      is_silent = true;
      stop.abort();
    }, SILENCE_MS);
  };
  const dispatch = (block) => {
    let event = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) event = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data) on.event(event, JSON.parse(data));
  };
  const run = async () => {
    heard();
    const response = await fetch(`${origin}/events`, { signal: stop.signal, cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) dispatch(block);
    }
  };
  let is_over = false;
  run()
    .catch(() => {}) // every end is the same: the master no longer answers
    .finally(() => {
      clearTimeout(silence);
      if (!is_over) on.end(is_silent);
    });
  return () => {
    is_over = true;
    stop.abort();
  };
}

// The state of a master, or null.
async function ask(origin) {
  try {
    const response = await fetch(`${origin}/state`, {
      cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(ANSWER_MS),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// What is known.

let source = null; // the origin that is listened to
let close_source = () => {};
let shown = null; // the newest state
let shown_origin = null; // of this master
let is_live = false;
let last_heard = Date.now();
let lease = null; // {end, full} on this page's clock
let clock_offset = 0; // wall clock of the master - of this page
let lost = null; // {origin, token, at, why, pause, next}: the leader that is gone, while another one is looked for
let search = null; // the timer of the search
const known = new Map(); // by origin: {says, failures, next, token}
const reigns = []; // {origin, token, from, to}, on the page's wall clock
const log = []; // the newest first
const seen_events = new Set();
const colours = new Map();

function colour_of(origin) {
  if (!colours.has(origin)) colours.set(origin, colours.size % 6);
  return colours.get(origin);
}

function remember(master) {
  const origin = origin_of(master);
  if (!origin) return null;
  if (!known.has(origin)) known.set(origin, { says: null, failures: 0, next: 0, token: null });
  return origin;
}

// ---------------------------------------------------------------------------------------------------------------
// Following.

function follow(origin) {
  close_source();
  source = origin;
  let has_state = false;
  close_source = listen(origin, {
    event: (kind, data) => {
      if (source !== origin) return;
      if (kind === 'state') {
        has_state = true;
        take_state(origin, data);
      } else if (kind === 'news') {
        add_event(origin, data);
      } else if (kind === 'lease') {
        take_lease(data);
      }
      redraw();
    },
    end: (is_silent) => {
      if (source !== origin) return;
      const mark = known.get(origin);
      if (mark) {
        mark.failures += 1;
        mark.next = performance.now() + BACK_OFF_MS[Math.min(mark.failures, BACK_OFF_MS.length) - 1];
        mark.says = null;
      }
      is_live = false;
      look_for_leader(origin, has_state || shown ? 'does not answer' : 'cannot be reached', is_silent ? 2500 : 5000);
      redraw();
    },
  });
}

function take_lease(data) {
  if (Number.isFinite(data.lease_left_ms)) {
    lease = { end: performance.now() + data.lease_left_ms, full: Math.max(data.lease_ms || 0, data.lease_left_ms, 1) };
  } else {
    lease = null;
  }
}

function take_state(origin, state) {
  is_live = true;
  shown = state;
  shown_origin = origin;
  clock_offset = Date.parse(state.now?.at) - Date.now() || 0;
  take_lease(state);
  const own_name = origin_of(state);
  if (own_name && own_name !== origin) aliases.set(own_name, origin);
  if (!known.has(origin)) known.set(origin, { says: null, failures: 0, next: 0, token: null });
  Object.assign(known.get(origin), { failures: 0, next: 0, says: state });
  for (const member of state.members ?? []) {
    const found = remember(member);
    if (found) known.get(found).token = member.token;
  }
  for (const event of state.events ?? []) add_event(origin, event);

  if (leads(state.state)) {
    note_reign(origin, state.token ?? state.leader?.token, state.elected_at ?? state.leader?.since);
    found_leader(origin, state);
  } else if (state.leader) {
    const leader = remember(state.leader);
    if (leader) note_reign(leader, state.leader.token, state.leader.since);
    if (!shows_self && leader && leader !== origin && state.leader.token !== lost?.token) follow(leader);
    else if (shows_self) end_search();
  } else {
    end_reign();
    if (shows_self && state.state !== 'stopped') end_search();
    else look_for_leader(origin, state.state === 'stopped' ? 'has stopped' : null);
  }
}

function found_leader(origin, state) {
  if (lost) {
    const gap = Date.now() - lost.at;
    const text = lost.token === state.token
      ? `${name_of(origin)} answers again.`
      : `${name_of(origin)} leads now. This page saw no leader for ${seconds(gap)}.`;
    say('good', 'The cluster has a leader.', text, null, 15000);
    note_page_event('good', 'following', text);
  } else if (!$('banner').classList.contains('good')) {
    hide_banner();
  }
  end_search();
}

function end_search() {
  clearInterval(search);
  search = null;
  lost = null;
  if (!$('banner').classList.contains('good')) hide_banner();
}

// The leader is gone, or this master knows none: the other masters are asked until one of them leads.
function look_for_leader(origin, why, pause = 5000) {
  if (!lost) {
    lost = { origin, token: reigns.at(-1)?.token ?? null, at: is_live ? Date.now() : last_heard, why, pause, next: performance.now() + pause };
    if (why) note_page_event('bad', why, `the master at ${name_of(origin)}`);
  } else if (why && !lost.why) {
    lost.why = why;
  }
  if (!is_live) end_reign();
  const whom = shows_self ? 'The master' : 'The leader';
  if (lost.why) say('bad', `${whom} at ${name_of(lost.origin)} ${lost.why};`, shows_self ? 'trying again.' : 'waiting for a new leader.', lost.at);
  else say('warn', 'No leader is known;', 'waiting for one.', lost.at);
  if (search === null) {
    search = setInterval(search_step, SEARCH_MS);
    search_step();
  }
}

const asked = new Set();

function search_step() {
  const now = performance.now();
  if (shows_self) {
    const mark = known.get(location.origin);
    if (!is_live && (!mark || mark.next <= now) && source !== null) {
      source = null;
      follow(location.origin);
    }
    return;
  }
  const someone_answers = [...known].some(([origin, mark]) => origin !== lost.origin && mark.says);
  for (const [origin, mark] of known) {
    if (asked.has(origin) || mark.next > now || (is_live && origin === source)) continue;
    // A browser notes each connection that fails. So while others answer, the leader that is gone is seldom
    // asked whether it is there after all, unless it has a new member.
    if (origin === lost.origin && !is_live && someone_answers && (mark.token === lost.token || mark.token === null)) {
      if (lost.next > now) continue;
      lost.pause = Math.min(2 * lost.pause, 30000);
      lost.next = now + lost.pause;
    }
    asked.add(origin);
    ask(origin).then((state) => {
      asked.delete(origin);
      if (!lost) return;
      heard_of(origin, mark, state);
      redraw();
    });
  }
}

function heard_of(origin, mark, state) {
  mark.says = state;
  if (!state) {
    mark.failures += 1;
    mark.next = performance.now() + BACK_OFF_MS[Math.min(mark.failures, BACK_OFF_MS.length) - 1];
    return;
  }
  mark.failures = 0;
  for (const member of state.members ?? []) {
    const found = remember(member);
    if (found) known.get(found).token = member.token;
  }
  if (!is_live && shown) shown.members = state.members; // who is left, seen by one that answers
  for (const event of state.events ?? []) add_event(origin, event);
  if (leads(state.state)) {
    if (origin !== source || !is_live) follow(origin);
    return;
  }
  const leader = state.leader && state.leader.token !== lost.token ? remember(state.leader) : null;
  if (leader && leader !== origin) known.get(leader).next = 0;
}

// ---------------------------------------------------------------------------------------------------------------
// Who led when.

function note_reign(origin, token, since) {
  const last = reigns.at(-1);
  if (last && last.token === token) {
    last.to = null;
    return;
  }
  end_reign();
  let from = Date.parse(since) - clock_offset || Date.now();
  if (last) from = Math.max(from, last.to);
  reigns.push({ origin, token, from, to: null, before: !last && Date.now() - from > 1000 });
  if (reigns.length > 50) reigns.shift();
}

function end_reign() {
  const last = reigns.at(-1);
  if (last && last.to === null) last.to = Math.max(last.from, is_live ? Date.now() : last_heard);
}

// ---------------------------------------------------------------------------------------------------------------
// Events.

const TONES = {
  elected: 'good', confirmed: 'good', agent_registered: 'calm', agent_reregistered: 'calm', agent_readmitted: 'calm',
  framework_registered: 'calm', framework_reregistered: 'calm', standby: 'calm', jeopardy: 'warn', leaderless: 'warn',
  agent_deactivated: 'warn', refused: 'warn', stop: 'bad', agent_unreachable: 'bad',
};

function add_event(origin, event) {
  const key = `${origin} ${event.boottime_ns} ${event.seq}`;
  if (seen_events.has(key)) return;
  seen_events.add(key);
  if (seen_events.size > 5000) {
    for (const old of seen_events) {
      seen_events.delete(old);
      if (seen_events.size <= 2500) break;
    }
  }
  push_event({
    key, at: Date.parse(event.at) || Date.now(), name: String(event.event), origin,
    details: details_of(event), tone: tone_of(event), is_task: event.event === 'task',
  });
}

// A line for people; an event that this page does not know is shown with all that it has.
function details_of(event) {
  switch (event.event) {
    case 'task': return [`${event.id} ${task_word(event.state)}`, event.agent && `on ${event.agent}`, event.message].filter(Boolean).join(' · ');
    case 'elected': case 'confirmed': case 'jeopardy': return `token ${event.token}`;
    case 'standby': return `${event.leader} leads · token ${event.token}`;
    case 'candidate': return event.address ?? '';
    case 'stop': return event.message || event.reason || '';
    case 'refused': return [event.from, event.path, event.message].filter(Boolean).join(' · ');
    default: break;
  }
  const { event: _, at: __, boottime_ns: ___, seq: ____, ...rest } = event;
  return Object.entries(rest)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      return ['agent', 'framework', 'hostname', 'address', 'name', 'reason', 'message'].includes(name) ? text : `${name} ${text}`;
    })
    .join(' · ');
}

const task_word = (state) => String(state).replace('TASK_', '').toLowerCase();

function tone_of(event) {
  if (event.event !== 'task') return TONES[event.event] ?? '';
  return task_tone(event.state) === 'bad' ? 'bad' : '';
}

function note_page_event(tone, name, details) {
  push_event({ key: `page ${performance.now()}`, at: Date.now() + clock_offset, name, details, tone, origin: null, is_task: false });
  redraw();
}

function push_event(event) {
  let at = 0;
  while (at < log.length && log[at].at > event.at) at += 1;
  log.splice(at, 0, event);
  // Tasks make most of the news, and must not drive out the rest.
  if (log.filter((each) => each.is_task === event.is_task).length > EVENTS_SHOWN) {
    log.splice(log.findLastIndex((each) => each.is_task === event.is_task), 1);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The banner.

let banner_from = null;
let banner_timer = 0;

function say(tone, title, text, from, for_ms) {
  clearTimeout(banner_timer);
  $('banner').className = `banner ${tone}`;
  set($('banner-title'), title);
  set($('banner-text'), text);
  banner_from = from;
  set($('banner-elapsed'), '');
  $('banner').hidden = false;
  if (for_ms) banner_timer = setTimeout(hide_banner, for_ms);
}

function hide_banner() {
  $('banner').hidden = true;
  $('banner').className = 'banner';
}

// ---------------------------------------------------------------------------------------------------------------
// Drawing: at most once a frame, and only the differences, so that the focus and the selection stay.

function set(node, text) {
  const shown_text = text === undefined || text === null ? '' : String(text);
  if (node.textContent !== shown_text) node.textContent = shown_text;
}

function make(tag, class_name, parent) {
  const node = document.createElement(tag);
  if (class_name) node.className = class_name;
  parent?.append(node);
  return node;
}

const rows_of = new WeakMap();

// Makes the children of `list` those of `items`, by key.
function sync(list, items, key_of, create, update) {
  const old = rows_of.get(list) ?? new Map();
  const rows = new Map();
  let at = list.firstChild;
  for (const item of items) {
    const key = key_of(item);
    if (rows.has(key)) continue;
    const row = old.get(key) ?? create(item);
    old.delete(key);
    rows.set(key, row);
    update(row, item);
    if (row === at) at = at.nextSibling;
    else list.insertBefore(row, at);
  }
  for (const row of old.values()) row.remove();
  rows_of.set(list, rows);
  $(`${list.id}-empty`).hidden = rows.size > 0;
  const box = list.closest('.scroll') ?? list;
  box.hidden = rows.size === 0;
}

function cells(count, chip_at) {
  return () => {
    const row = document.createElement('tr');
    for (let each = 0; each < count; each += 1) {
      const cell = make('td', '', row);
      if (each === chip_at) make('span', 'chip', cell);
    }
    return row;
  };
}

function chip(node, text, tone) {
  set(node, text);
  node.className = `chip ${tone}`;
}

const seconds = (ms) => (ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : duration(ms));

function duration(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

const clock_text = (at) => new Date(at).toLocaleTimeString([], { hour12: false });

let is_drawing = false;

function redraw() {
  if (is_drawing) return;
  is_drawing = true;
  // A hidden page gets no frames, and is drawn all the same: it may be looked at by a program.
  const draw_once = () => {
    if (!is_drawing) return;
    is_drawing = false;
    draw();
  };
  requestAnimationFrame(draw_once);
  setTimeout(draw_once, 60);
}

const WORDS = {
  leader: 'leading', jeopardy: 'in jeopardy', standby: 'standby', leaderless: 'leaderless', candidate: 'candidate',
  stopped: 'stopped', silent: 'silent', 'no leader': 'no leader', 'no answer': 'no answer', unknown: 'unknown',
};

// The state in the large word: what the master says, and what this page knows better.
function word_of() {
  if (is_live) return shown.state;
  if (!lost) return 'unknown';
  if (shows_self) return 'no answer';
  const others = [...known].filter(([origin]) => origin !== lost.origin).map(([, mark]) => mark);
  const answers = others.filter((mark) => mark.says).map((mark) => mark.says);
  if (answers.length === 0) return others.every((mark) => mark.failures > 0) ? 'no answer' : 'silent';
  return answers.some((state) => state.leader && state.leader.token === lost.token) ? 'silent' : 'no leader';
}

function draw() {
  const state = word_of();
  document.body.dataset.state = state;
  document.body.dataset.live = is_live ? 'yes' : 'no';
  set($('word'), WORDS[state] ?? state);
  set($('over'), is_live ? `The master at ${name_of(shown_origin)} is` : state === 'silent' ? 'The leader is' : 'There is');
  set($('sentence'), sentence(state));
  const as_of = shown?.now?.at ? `as of ${clock_text(Date.parse(shown.now.at))}` : '';
  const is_elsewhere = is_live && shown_origin !== location.origin;
  $('source-link').hidden = !is_elsewhere;
  if (is_elsewhere && $('source-link').getAttribute('href') !== `${shown_origin}/`) $('source-link').href = `${shown_origin}/`;
  set($('source-text'), is_live
    ? `live from ${name_of(shown_origin)}${shows_self ? ' (its own view)' : ''}`
    : shown ? `${as_of}, not live` : 'connecting…');
  document.title = is_live ? `${WORDS[state] ?? state} · ${name_of(shown_origin)}` : `${WORDS[state]} · tenure cluster`;
  draw_icon();
  if (shown === null) return;
  draw_facts();
  draw_masters();
  draw_agents();
  draw_frameworks();
  draw_tasks();
  draw_events();
  set($('foot'), `master ${shown.id ?? ''} · pid ${shown.pid ?? ''} · version ${shown.version ?? ''}`);
}

function sentence(state) {
  const leader = shown?.leader;
  const who = leader ? `${leader.host ?? ''}:${leader.port ?? ''}` : '';
  switch (state) {
    case 'leader': return 'It leads the cluster: agents and schedulers are served here.';
    case 'jeopardy': return 'It still leads, but no server has confirmed that: it stops when the lease ends.';
    case 'standby': return leader ? `It stands by: ${who} leads.` : 'It stands by.';
    case 'leaderless': return 'It knows of no leader.';
    case 'candidate': return 'It contends, and leads as soon as it has a lease.';
    case 'stopped': return 'It has lost its leadership, and ends.';
    case 'silent': return 'The other masters follow it until its session ends; then they elect the next one.';
    case 'no leader': return 'The masters that are left elect the next one.';
    case 'no answer': return shows_self ? 'This master does not answer. It is asked again.' : 'No master answers. They are asked again.';
    default: return 'No state has arrived yet.';
  }
}

let icon_state = '';

function draw_icon() {
  const colour = getComputedStyle(document.body).getPropertyValue('--state').trim();
  if (colour === icon_state || !colour.startsWith('#')) return;
  icon_state = colour;
  $('icon').href = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="none" stroke="${colour}" stroke-width="4"/></svg>`)}`;
}

function draw_facts() {
  const leader = is_live || shows_self ? shown.leader : null;
  set($('fact-leader'), leader ? `${leader.host ?? leader.address}:${leader.port ?? ''}` : 'none');
  set($('fact-token'), leader?.token ?? '–');
  set($('fact-session'), is_live ? shown.session ?? '–' : '–');
}

function draw_masters() {
  const members = shown.members ?? [];
  const standbys = members.filter((each) => !each.leads).length;
  set($('masters-count'), lost ? 'what each of them says' : members.length ? `${members.length} members, ${standbys} standing by` : '');
  sync($('masters'), members, (each) => `${each.path} ${each.token}`, (each) => {
    const row = make('li', 'master');
    row.swatch = make('span', 'swatch', row);
    row.swatch.setAttribute('aria-hidden', 'true');
    const text = make('div', '', row);
    row.who = make('p', 'who', text);
    const origin = origin_of(each);
    if (origin) {
      row.link = make('a', '', row.who);
      row.link.href = `${origin}/self`;
      row.link.title = 'what this master believes about itself';
    }
    row.what = make('p', 'what', text);
    row.chip = make('span', 'chip', row);
    return row;
  }, (row, each) => {
    const origin = origin_of(each);
    row.className = each.leads && is_live && !lost ? `master leads ${shown.state === 'jeopardy' ? 'warn' : ''}` : 'master';
    row.swatch.className = `swatch ${origin ? `c${colour_of(origin)}` : ''}`;
    set(row.link ?? row.who, origin ? name_of(origin) : 'a member of another program');
    const here = origin !== null && origin === shown_origin && is_live ? ' · shown here' : '';
    set(row.what, `${each.id ? `${each.id} · ` : ''}${each.path} · token ${each.token}${here}`);
    const [text, tone] = says(each, origin);
    chip(row.chip, text, tone);
  });
}

const SAYS_TONES = { leader: 'good', jeopardy: 'warn', leaderless: 'warn', stopped: 'bad' };

// What is known of a member: from the state that is shown, or while a leader is looked for from its own answer.
function says(member, origin) {
  const mark = origin ? known.get(origin) : null;
  if (lost) {
    if (mark?.says) return [mark.says.state, SAYS_TONES[mark.says.state] ?? 'calm'];
    return mark?.failures ? ['no answer', 'bad'] : ['asked…', ''];
  }
  if (member.leads) return shown.state === 'jeopardy' && member.self ? ['leads, in jeopardy', 'warn'] : ['leads', 'good'];
  return ['standby', 'calm'];
}

const AGENT_TONES = { active: 'good', expected: 'calm', disconnected: 'warn', unanswered: 'warn', silent: 'bad', overdue: 'bad', unreachable: 'bad' };

function draw_agents() {
  const agents = shown.agents ?? [];
  const active = agents.filter((each) => each.state === 'active').length;
  set($('agents-count'), agents.length ? `${active} of ${agents.length} active` : '');
  sync($('agents'), agents, (each) => each.id, cells(5, 1), (row, each) => {
    const [id, state, host, tasks, missed] = row.children;
    set(id, each.id);
    chip(state.firstChild, each.state, AGENT_TONES[each.state] ?? '');
    set(host, each.hostname === String(each.address).replace(/:\d+$/, '') ? each.address : `${each.hostname} · ${each.address}`);
    set(tasks, each.tasks);
    set(missed, each.missed);
    tasks.className = 'right';
    missed.className = 'right';
  });
}

function draw_frameworks() {
  const frameworks = shown.frameworks ?? [];
  set($('frameworks-count'), frameworks.length || '');
  sync($('frameworks'), frameworks, (each) => each.id, cells(4, 3), (row, each) => {
    const [id, name, address, state] = row.children;
    set(id, each.id);
    set(name, each.name);
    set(address, each.address);
    chip(state.firstChild, each.connected ? 'connected' : 'disconnected', each.connected ? 'good' : 'warn');
  });
}

const ENDED = new Set(['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_LOST', 'TASK_ERROR', 'TASK_DROPPED']);

function task_tone(state) {
  if (state === 'TASK_RUNNING') return 'good';
  if (state === 'TASK_FINISHED') return '';
  if (state === 'TASK_KILLED') return 'warn';
  return ENDED.has(state) ? 'bad' : 'calm';
}

function draw_tasks() {
  const tasks = [...(shown.tasks ?? [])];
  const ended = (each) => (ENDED.has(each.state) ? 1 : 0);
  tasks.sort((a, b) => ended(a) - ended(b) || (b.order ?? 0) - (a.order ?? 0));
  const over = tasks.reduce((sum, each) => sum + ended(each), 0);
  set($('tasks-count'), tasks.length ? `${tasks.length - over} in progress, ${over} ended` : '');
  sync($('tasks'), tasks.slice(0, TASKS_SHOWN), (each) => each.id, cells(5, 2), (row, each) => {
    const [id, name, state, agent, framework] = row.children;
    row.className = ended(each) ? 'over' : '';
    set(id, each.id);
    set(name, each.name);
    chip(state.firstChild, task_word(each.state), task_tone(each.state));
    state.title = each.message ?? '';
    agent.className = 'id';
    framework.className = 'id';
    set(agent, each.agent || '–');
    set(framework, each.framework || '–');
  });
}

function draw_events() {
  const with_tasks = $('with-tasks').checked;
  const list = log.filter((each) => with_tasks || !each.is_task).slice(0, EVENTS_SHOWN);
  sync($('events'), list, (each) => each.key, (each) => {
    const row = make('li', `${each.tone} ${each.origin ? '' : 'of-page'}`.trim());
    const time = make('time', '', row);
    time.dateTime = new Date(each.at).toISOString();
    set(time, clock_text(each.at));
    const text = make('div', '', row);
    set(make('span', 'name', text), each.name.replaceAll('_', ' '));
    text.append(' ');
    set(make('span', 'of', text), each.details);
    const from = make('span', each.origin ? `from c${colour_of(each.origin)}` : 'from', row);
    from.title = each.origin ? `news of ${name_of(each.origin)}` : 'seen by this page';
    return row;
  }, () => {});
}

// ---------------------------------------------------------------------------------------------------------------
// What moves by itself: the lease, the durations, the strip.

const is_still = matchMedia('(prefers-reduced-motion: reduce)');
let slow_turn = 0;

function move() {
  const leading = is_live && shown && leads(shown.state);
  const left = leading && lease ? Math.max(0, lease.end - performance.now()) : 0;
  const part = leading && lease ? Math.min(1, left / lease.full) : 0;
  $('lease-fill').style.transform = `scaleX(${part.toFixed(4)})`;
  if (performance.now() - slow_turn > 100) {
    slow_turn = performance.now();
    $('lease-bar').setAttribute('aria-valuenow', String(Math.round(part * 100)));
    set($('lease-text'), leading && lease ? `${(left / 1000).toFixed(1)} s left` : 'none');
    const since = is_live && shown?.leader ? Date.parse(shown.elected_at && leads(shown.state) ? shown.elected_at : shown.leader.since) : NaN;
    set($('fact-since'), since ? `${clock_text(since)} (${duration(Date.now() + clock_offset - since)})` : '–');
    set($('banner-elapsed'), banner_from ? seconds(Date.now() - banner_from) : '');
    draw_strip();
  }
}

function draw_strip() {
  const now = Date.now();
  const from = now - STRIP_MS;
  const parts = [];
  let last = null;
  for (const reign of reigns) {
    if (last && reign.from > last.to) parts.push({ key: `gap ${last.token}`, from: last.to, to: reign.from });
    parts.push({ key: reign.token, from: reign.from, to: reign.to ?? now, reign });
    last = reign;
  }
  if (last && last.to !== null) parts.push({ key: `gap ${last.token}`, from: last.to, to: now });
  const strip = $('strip');
  strip.spans ??= new Map();
  const rest = new Map(strip.spans);
  for (const part of parts) {
    if (part.to < from) continue;
    const span = strip.spans.get(part.key) ?? make('div', '', strip);
    strip.spans.set(part.key, span);
    rest.delete(part.key);
    const begin = Math.max(part.from, from);
    const width = ((part.to - begin) / STRIP_MS) * 100;
    span.className = part.reign ? `span c${colour_of(part.reign.origin)}` : 'span gap';
    span.style.left = `${(((begin - from) / STRIP_MS) * 100).toFixed(3)}%`;
    span.style.width = `${width.toFixed(3)}%`;
    const text = part.reign ? name_of(part.reign.origin) : seconds(part.to - part.from);
    set(span, width > (part.reign ? 4 : 2) ? text : '');
    span.title = part.reign ? `${text}, token ${part.reign.token}` : `${text} without a leader`;
  }
  for (const [key, span] of rest) {
    span.remove();
    strip.spans.delete(key);
  }
  const gaps = parts.filter((part) => !part.reign && part.to > from);
  set($('reign-note'), gaps.length ? `without a leader: ${gaps.map((gap) => seconds(gap.to - gap.from)).join(', ')}` : '');
  const spoken = parts.filter((part) => part.to > from).map((part) => (part.reign ? name_of(part.reign.origin) : 'nobody')).join(', then ');
  const label = spoken || 'no leader seen yet';
  if (strip.getAttribute('aria-label') !== label) strip.setAttribute('aria-label', label);
}

setInterval(move, 100);
function frame() {
  if (!is_still.matches) move();
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);

$('with-tasks').addEventListener('change', redraw);
known.set(location.origin, { says: null, failures: 0, next: 0, token: null });
follow(location.origin);
