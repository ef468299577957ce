// Replays a recording, one step at a time. The first part is pure: events in, a state out.
// The second part draws a state. helpers/pictures/player.py puts this file into a function of its
// own, which ends by calling `show`; so nothing here is seen by the page or by another player.

// -- the replay ---------------------------------------------------------------------------

// What is true after the steps up to number `last`. Every task that is made is in exactly one of
// running, ready (next first), waiting and finished; `about` has what else is known of it.
function stateAt(data, last) {
  const state = {running: null, ready: [], waiting: [], finished: [], held: [], about: {}};
  for (const step of data.steps.slice(0, last + 1)) {
    if (step.task !== undefined) apply(state, step);
  }
  return state;
}

function apply(state, step) {
  const {task, kind} = step;
  state.about[task] = {...state.about[task], ...(step.stack && {stack: step.stack})};
  const about = state.about[task];
  if (kind === "created") {
    if (step.becomes === "running") begin(state, task);
    else if (step.becomes === "ready") state.ready.push(task);
    else wait(state, task, {awaits: "its first turn"});
  } else if (kind === "ready") {
    leave(state, task);
    state.ready.push(task);
  } else if (kind === "run") {
    begin(state, task);
  } else if (kind === "suspend") {
    end(state, task);
    wait(state, task, step);
  } else if (kind !== "blocked") {
    end(state, task);
    state.finished.push(task);
    Object.assign(about, {outcome: kind, error: step.error});
  }
}

// A step that begins inside another's step holds that one up until it has ended.
function begin(state, task) {
  leave(state, task);
  if (state.running !== null) {
    state.held.push(state.running);
    wait(state, state.running, {awaits: "the task that it has begun"});
  }
  state.running = task;
}

function end(state, task) {
  leave(state, task);
  if (state.running !== task) return;
  state.running = state.held.pop() ?? null;
  if (state.running !== null) state.waiting = without(state.waiting, state.running);
}

function wait(state, task, {awaits, until}) {
  state.waiting.push(task);
  Object.assign(state.about[task], {awaits, until});
}

function leave(state, task) {
  state.ready = without(state.ready, task);
  state.waiting = without(state.waiting, task);
}

function without(list, item) {
  return list.filter(each => each !== item);
}

// The number of the next step of one task (or of any, "") in a direction; `from` if there is none.
function nextStep(data, from, direction, task) {
  for (let at = from + direction; data.steps[at]; at += direction) {
    if (task === "" || data.steps[at].task === Number(task)) return at;
  }
  return from;
}

// -- the drawing --------------------------------------------------------------------------

const SIGNS = {done: "✓ done", failed: "✗ failed", cancelled: "⊘ cancelled"};
const MARKS_MOST = 3;
// Focusable, so that after a click anywhere on the player the keys are the player's.
const FRAME = `<div class="player" tabindex="-1">
  <div class="head"><b class="clock"></b><span class="count"></span></div>
  <p class="caption" aria-live="polite"></p>
  <div class="controls">
    <button class="back">◀ Back</button><button class="play">Play</button>
    <button class="next">Next ▶</button>
    <label>Step to the next of <select class="task"><option value="">any task</select></label>
    <label>Speed <select class="speed">
      <option value="3000">slow<option value="1500" selected>normal<option value="500">fast
    </select></label>
  </div>
  <input type="range" min="0" aria-label="Step" class="scrubber">
  <div class="body"><div class="source"></div><div class="state"></div></div>
</div>`;

// Puts a player in place of the static part that holds `script`; its table has the sentences.
function show(script, data, css) {
  const still = script.parentElement;
  const host = still.parentElement.insertBefore(element("div", ""), still);
  const root = host.attachShadow({mode: "open"});
  root.innerHTML = FRAME;
  root.append(element("style", "", css));
  root.firstChild.append(...[...still.querySelectorAll(":scope > p")].map(
    note => element("p", "", note.textContent)));
  const told = [...still.querySelectorAll("tbody tr")].map(
    ({cells: [at, says]}) => ({at: at.textContent, says: says.textContent}));
  keepToTheme(host);
  control(host, name => root.querySelector(`.${name}`), data, told);
  still.style.display = "none";
}

function element(name, kind, ...children) {
  const made = document.createElement(name);
  made.className = kind;
  made.append(...children);
  return made;
}

function control(host, part, data, told) {
  const [back, play, next, task, speed, scrubber] =
    ["back", "play", "next", "task", "speed", "scrubber"].map(part);
  const lines = buildSource(data, part("source"));
  const last = told.length - 1;
  let now = 0;
  let playing = null;
  task.append(...data.tasks.map((name, number) => new Option(name, number)));
  scrubber.max = last;

  const draw = () => {
    const {at, says} = told[now];
    const where = `step ${now + 1} of ${told.length}`;
    part("clock").textContent = at;
    part("count").textContent = where;
    part("caption").textContent = says;
    part("caption").dataset.kind = data.steps[now].kind;
    scrubber.value = now;
    scrubber.setAttribute("aria-valuetext", `${where}, at ${at}`);
    // Not `disabled`: that would take the focus away from the button that was used.
    back.setAttribute("aria-disabled", now === 0);
    next.setAttribute("aria-disabled", now === last);
    const state = stateAt(data, now);
    drawState(part("state"), data, state, data.steps[now].task, task.value);
    drawMarks(part("source"), lines, data, state);
  };
  const go = to => {
    now = to;
    draw();
  };
  const move = direction => go(nextStep(data, now, direction, task.value));
  const pause = () => {
    playing = clearInterval(playing);
    play.textContent = "Play";
  };
  const start = () => {
    if (now === last) go(0);
    play.textContent = "Pause";
    playing = setInterval(() => {
      const before = now;
      if (host.isConnected) move(1);
      if (now === before) pause();
    }, speed.value);
  };
  const byHand = action => () => {
    pause();
    action();
  };
  const actions = {
    ArrowLeft: byHand(() => move(-1)),
    ArrowRight: byHand(() => move(1)),
    Home: byHand(() => go(0)),
    End: byHand(() => go(last)),
  };
  back.onclick = actions.ArrowLeft;
  next.onclick = actions.ArrowRight;
  play.onclick = () => (playing ? pause() : start());
  speed.onchange = () => playing && byHand(start)();
  task.onchange = draw;
  scrubber.oninput = byHand(() => go(Number(scrubber.value)));
  listenToKeys(host, actions);
  draw();
}

// No key that is pressed inside the player may move, change or delete a cell of the notebook. The
// attribute is for a JupyterLab that hears keys before the player does, the rest for one after it.
function listenToKeys(host, actions) {
  host.setAttribute("data-lm-suppress-shortcuts", "true");
  host.onkeydown = event => {
    event.stopPropagation();
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT") return;
    if (actions[event.key]) actions[event.key]();
    else if (event.key !== " " || target.tagName === "BUTTON") return;
    event.preventDefault();
  };
}

function drawState(box, data, state, current, chosen) {
  const name = task => data.tasks[task];
  const waits = task => {
    const {awaits, until} = state.about[task];
    return `‖ ${name(task)}: ${awaits}` + (until ? ` until ${until}` : "");
  };
  const ended = task => {
    const {outcome, error} = state.about[task];
    return `${SIGNS[outcome]}: ${name(task)}` + (error ? ` (${error})` : "");
  };
  const list = (title, tasks, words, kind = "ul") => section(title, kind,
    tasks.map(task => element("li", task === current ? "current" : "", words(task))));
  const looked = chosen === "" ? state.running ?? current : Number(chosen);
  const isWaiting = state.waiting.includes(looked);
  box.replaceChildren(
    list("Running", running(state), task => `▶ ${name(task)}`),
    list("Ready, next first", state.ready, task => `▷ ${name(task)}`, "ol"),
    list("Waiting", state.waiting, waits),
    list("Finished", state.finished, ended),
    section(`Calls inside ${name(looked) ?? "a task"}`, "ol",
      calls(state.about[looked], isWaiting).map(call => element("li", "", call))));
  for (const each of box.children) scrollTo(each, each.querySelector(".current"));
}

function section(title, kind, items) {
  return element("section", title.split(/\W/)[0].toLowerCase(), element("h4", "", title),
    items.length ? element(kind, "", ...items) : element("p", "none", "none"));
}

function running(state) {
  return state.running === null ? [] : [state.running];
}

// From a task's first function to the line at which it stands, and what it awaits there.
function calls({stack = [], outcome, awaits} = {}, isWaiting) {
  const places = outcome ? [] : stack.map(([, line, func]) => `${func}, line ${line}`);
  return isWaiting ? [...places, awaits] : places;
}

// The lines of the source, each found again by "file:line".
function buildSource(data, box) {
  const lines = new Map();
  data.files.forEach((file, number) => {
    box.append(element("p", "file",
      file.parts.length ? file.name : `${file.name}: its source is not at hand`));
    for (const [first, text] of file.parts) {
      box.append(element("div", "part", ...text.split("\n").map((code, at) => {
        const marks = element("b", "");
        const line = element("div", "line",
          element("span", "", first + at), element("code", "", code), marks);
        lines.set(`${number}:${first + at}`, {line, marks});
        return line;
      })));
    }
  });
  if (!data.files.length) box.append(element("p", "file", "No source is at hand."));
  return lines;
}

// ▶ at the line that runs, ‖ at each line where a task waits, ▷ where it is ready to go on.
function drawMarks(box, lines, data, state) {
  const marked = new Map();
  const mark = (tasks, sign) => {
    for (const task of tasks) {
      const [file, line] = state.about[task].stack?.at(-1) ?? [];
      const at = `${file}:${line}`;
      marked.set(at, [...(marked.get(at) ?? []), `${sign} ${data.tasks[task]}`]);
    }
  };
  mark(running(state), "▶");
  mark(state.ready, "▷");
  mark(state.waiting, "‖");
  for (const [at, {line, marks}] of lines) {
    const names = marked.get(at) ?? [];
    const more = names.length - MARKS_MOST;
    marks.textContent =
      names.slice(0, MARKS_MOST).join(" ") + (more > 0 ? ` and ${more} more` : "");
    line.className = "line" + (names[0]?.startsWith("▶") ? " runs" : names.length ? " stands" : "");
  }
  scrollTo(box, box.querySelector(".runs"));
}

// By hand: scrollIntoView would scroll the notebook too.
function scrollTo(box, line) {
  if (!line) return;
  const [outer, inner] = [box.getBoundingClientRect(), line.getBoundingClientRect()];
  const below = inner.bottom - outer.bottom;
  if (inner.top < outer.top || below > 0) box.scrollTop += below + outer.height / 2;
}

// JupyterLab says on the body which theme it has, and may change it.
function keepToTheme(host) {
  const follow = () =>
    host.toggleAttribute("dark", document.body.dataset.jpThemeLight === "false");
  follow();
  new MutationObserver(follow).observe(document.body, {attributeFilter: ["data-jp-theme-light"]});
}
