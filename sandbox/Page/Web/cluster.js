// The cluster: for each app its Rollout, its ReplicaSets and the Services that point to them, and the six steps.
import { $, act, announce, button, el, toast, whileBusy } from "./dom.js";

const kinds = [["good", "Good version"], ["slow", "Slow start"], ["broken", "Broken image"], ["crash", "Crashing"]];
const boxes = new Map();
let clockSkew = 0;

/** Brings every app up to date. */
export function drawApps(apps, now) {
  clockSkew = Date.parse(now) - Date.now();
  for (const app of apps) {
    const name = app.rollout.app;
    if (!boxes.has(name)) boxes.set(name, makeBox(app.rollout));
    const box = boxes.get(name);
    const key = JSON.stringify(app);
    if (box.key === key) continue;
    box.key = key;
    drawRollout(box, app.rollout);
    drawRelease(box, app.release, app.countdowns);
  }
  tick();
}

function makeBox(rollout) {
  const article = el("article", "app box");
  const title = el("h2", "", rollout.app + " ");
  title.id = "app-" + rollout.app;
  title.append(el("span", "", rollout.environment));
  article.setAttribute("aria-labelledby", title.id);
  const box = {
    phase: el("span", "phase"), status: el("p", "status"), lanes: el("div", "lanes"),
    release: el("div", "release"), key: "",
  };
  const head = el("div", "app-head");
  head.append(title, box.status, box.phase);
  article.append(head, makeMerge(rollout.app), box.lanes, box.release);
  $("apps").append(article);
  return box;
}

function makeMerge(app) {
  const merge = el("div", "merge");
  merge.setAttribute("role", "group");
  merge.setAttribute("aria-label", `Merge to main of ${app}`);
  merge.append(el("b", "", "Merge to main"));
  for (const [kind, label] of kinds) {
    const made = button("", label, () => whileBusy(made, async () => {
      await act("merge", { app, kind });
      announce(`${app}: merged`);
    }));
    made.dataset.kind = kind;
    merge.append(made);
  }
  return merge;
}

function drawRollout(box, rollout) {
  box.phase.textContent = rollout.phase;
  box.phase.dataset.phase = rollout.phase;
  box.status.replaceChildren(
    el("span", "", rollout.message || "Rollout at rest"),
    el("span", "", rollout.argoCd ? "Argo CD: " + rollout.argoCd : ""));
  box.lanes.replaceChildren(...rollout.sets.map(set => drawSet(rollout, set)));
}

function drawSet(rollout, set) {
  const role = set.isActive ? "live" : set.isPreview ? "preview" : "old";
  const lane = el("div", "lane");
  lane.dataset.role = role;
  const service = el("div", "service");
  if (role !== "old") {
    service.append(
      el("b", "", role === "live" ? "Users" : "Testers"),
      el("span", "", `${rollout.app}-${role === "live" ? "active" : "preview"}`));
  }
  const trouble = set.pods.find(pod => pod.reason);
  lane.dataset.trouble = trouble !== undefined;
  const box = el("div", "set");
  const head = el("div", "set-head");
  head.append(el("span", "version", set.version));
  head.append(el("span", "role main", role === "old" ? (set.ready > 0 ? "still up" : "going") : role));
  if (set.isStable) head.append(el("span", "role", "stable"));
  head.append(drawPods(set));
  const foot = el("div", "set-foot");
  foot.append(el("span", "mono", `ReplicaSet ${rollout.app}-${set.hash}`), el("span", "", "revision " + set.revision));
  box.append(head, foot);
  if (trouble) box.append(el("p", "trouble", trouble.reason));
  lane.append(service, el("div", "wire"), box);
  return lane;
}

function drawPods(set) {
  const pods = el("span", "pods");
  for (const pod of set.pods) {
    const dot = el("span", "pod");
    dot.dataset.state = pod.state;
    dot.title = `${pod.name}: ${pod.reason || pod.state}`;
    pods.append(dot);
  }
  pods.append(el("span", "", `${set.ready}/${set.wanted} ready`));
  return pods;
}

function drawRelease(box, release, countdowns) {
  box.release.hidden = !release;
  if (!release) return;
  const state = el("span", "state", release.status);
  state.dataset.tone = release.tone;
  const says = el("span", "says", release.message);
  says.title = release.message;
  const head = el("p", "release-head");
  head.append(el("b", "", release.version), state, says, ...countdowns.map(drawCountdown));
  const steps = el("ol", "steps");
  steps.setAttribute("aria-label", `Steps of ${release.version}`);
  for (const step of release.steps) {
    const item = el("li", "", step.label);
    item.dataset.status = step.status;
    item.title = step.message;
    item.append(el("span", "sr", `: ${step.status}`));
    steps.append(item);
  }
  box.release.replaceChildren(head, steps);
}

function drawCountdown(countdown) {
  const chip = el("span", "countdown", countdown.what);
  const left = el("b");
  left.dataset.at = countdown.at;
  chip.append(left);
  return chip;
}

function tick() {
  for (const left of document.querySelectorAll("[data-at]")) {
    const seconds = Math.max(0, Math.ceil((Date.parse(left.dataset.at) - Date.now() - clockSkew) / 1000));
    left.textContent = seconds + " s";
    left.parentElement.hidden = seconds === 0;
  }
}
setInterval(tick, 250);

/** What to type in a terminal; it stays the same while the sandbox runs. */
export function drawCommands(commands) {
  if ($("commands").children.length === commands.length) return;
  $("commands").replaceChildren(...commands.map(command => {
    const item = el("li");
    const copy = button("copy", "Copy", async () => {
      try {
        await navigator.clipboard.writeText(command.line);
        copy.textContent = "Copied";
        setTimeout(() => { copy.textContent = "Copy"; }, 1500);
      } catch {
        toast("The browser does not let this page copy; select the text instead.");
      }
    });
    copy.setAttribute("aria-label", "Copy: " + command.what);
    item.append(el("span", "", command.what), el("code", "", command.line), copy);
    return item;
  }));
}
