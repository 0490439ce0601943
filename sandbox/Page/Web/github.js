// GitHub: the latest commits with their check runs, the buttons that GitHub shows beside these, and their pull requests' comments.
import { $, act, announce, button, el, whileBusy } from "./dom.js";

const words = {
  queued: "queued", in_progress: "in progress", action_required: "action required", timed_out: "timed out",
};
const open = new Set();
const states = new Map();
let drawn = "";

/** Lets the person press what the check runs offer. */
export function listen(person) {
  $("commits").addEventListener("click", event => {
    const pressed = event.target.closest("button[data-run]");
    if (!pressed) return;
    const { repository, run, identifier } = pressed.dataset;
    whileBusy(pressed, () =>
      act("check", { person: person(), repository, run: Number(run), identifier: identifier ?? null }));
  });
}

/** Brings the list up to date; while nothing changes it stays as it is, with focus and selection. */
export function drawCommits(commits) {
  const key = JSON.stringify(commits);
  if (key === drawn) return;
  drawn = key;
  $("github").hidden = commits.length === 0;
  const focus = document.activeElement?.closest?.("#commits") && keyOf(document.activeElement);
  $("commits").replaceChildren(...commits.map(drawCommit));
  if (focus) [...$("commits").querySelectorAll("button, summary")].find(control => keyOf(control) === focus)?.focus();
  tell(commits);
}

const keyOf = control => `${control.dataset.name} ${control.dataset.identifier ?? control.textContent}`;

// Runs change often; only a new state is worth saying.
function tell(commits) {
  for (const { sha, runs } of commits) {
    for (const run of runs) {
      const id = sha + run.name;
      const state = `${run.id} ${run.state}`;
      if (states.get(id) !== state) announce(`GitHub: ${run.name}, ${words[run.state] ?? run.state}`);
      states.set(id, state);
    }
  }
}

function drawCommit(commit) {
  const item = el("li", "commit");
  const head = el("p", "commit-head");
  head.append(
    el("b", "", commit.title), el("span", "", `${commit.author} · ${commit.repository}`),
    el("code", "", commit.sha.slice(0, 7)));
  item.append(head, ...commit.runs.map(run => drawRun(commit, run)), ...commit.comments.map(drawComment));
  return item;
}

function drawRun(commit, run) {
  const box = el("div", "run");
  box.dataset.state = run.state;
  const head = el("p", "run-head");
  head.append(el("span", "run-state", words[run.state] ?? run.state), el("b", "", run.name), el("span", "", run.title));
  box.append(head);
  if (run.html) box.append(drawText(commit, run));
  if (!run.isCompleted) return box;
  const buttons = el("div", "run-buttons");
  for (const { label, description, identifier } of run.buttons) {
    const made = makeButton(commit, run, label, `${label} at GitHub`);
    made.dataset.identifier = identifier;
    made.title = description;
    buttons.append(made);
  }
  buttons.append(makeButton(commit, run, "Re-run", `Re-run ${run.name}`));
  box.append(buttons);
  return box;
}

function drawComment(comment) {
  const box = el("div", "run");
  const head = el("p", "run-head");
  head.append(el("b", "", `Pull request #${comment.pull}`), el("span", "", `comment by ${comment.by}`));
  box.append(head, markdown(comment.html));
  return box;
}

/** Made by the sandbox, in which HTML from outside is text; as at GitHub, links lead to pages and nowhere else. */
function markdown(html) {
  const shown = el("div", "markdown");
  shown.innerHTML = html;
  for (const link of shown.querySelectorAll("a")) {
    if (!/^https?:$/.test(link.protocol)) link.removeAttribute("href");
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return shown;
}

function makeButton(commit, run, label, name) {
  const made = button("run-button", label, () => {});
  made.dataset.repository = commit.repository;
  made.dataset.run = run.id;
  made.dataset.name = run.name;
  made.setAttribute("aria-label", name);
  return made;
}

function drawText(commit, run) {
  const id = commit.sha + run.name;
  const details = el("details", "run-text");
  details.open = open.has(id);
  details.addEventListener("toggle", () => {
    if (details.open) open.add(id);
    else open.delete(id);
  });
  const summary = el("summary", "", "Details");
  summary.dataset.name = run.name;
  details.append(summary, markdown(run.html));
  return details;
}
