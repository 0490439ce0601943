// The Slack channel: messages, threads, buttons with their confirmation.
import { $, act, announce, avatar, button, el, time, whileBusy } from "./dom.js";

const openThreads = new Set();
const drawn = new Map();
const list = $("messages");

/** Shows the newest message. */
export const stick = () => { list.scrollTop = list.scrollHeight; };

/** Lets the person press what the messages offer. */
export function listen(person) {
  list.addEventListener("click", event => {
    const pressed = event.target.closest("button[data-action-id], button[data-url]");
    if (pressed) press(pressed, person());
  });
  $("confirm-ok").addEventListener("click", () => $("confirm").close("ok"));
  $("confirm-deny").addEventListener("click", () => $("confirm").close(""));
}

async function press(pressed, person) {
  if (pressed.dataset.url) {
    window.open(pressed.dataset.url, "_blank", "noopener,noreferrer");
    return;
  }
  // What counts is what was on screen at the click, even if the card changes while the dialog is open.
  const message = pressed.closest("[data-ts]");
  const body = {
    person, ts: message.dataset.ts, version: Number(message.dataset.version),
    blockId: pressed.dataset.blockId, actionId: pressed.dataset.actionId,
  };
  if (await isConfirmed(pressed)) await whileBusy(pressed, () => act("press", body));
}

function isConfirmed(pressed) {
  const { confirmTitle, confirmText, confirmOk, confirmDeny } = pressed.dataset;
  if (confirmTitle === undefined) return Promise.resolve(true);
  const dialog = $("confirm");
  $("confirm-title").textContent = confirmTitle;
  $("confirm-text").textContent = confirmText;
  $("confirm-ok").textContent = confirmOk;
  $("confirm-ok").className = "slack-button " + (pressed.classList.contains("danger") ? "danger" : "primary");
  $("confirm-deny").textContent = confirmDeny;
  dialog.returnValue = "";
  dialog.showModal();
  $("confirm-ok").focus();
  return new Promise(done =>
    dialog.addEventListener("close", () => done(dialog.returnValue === "ok"), { once: true }));
}

/** Brings the list up to date; what did not change stays as it is, with focus and selection. */
export function drawChannel(channel, person) {
  const follow = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const isFirst = drawn.size === 0;
  const focus = focusIn();
  const keep = new Set();
  $("channel").textContent = "# " + channel.name;
  $("empty").hidden = channel.messages.length > 0;
  let before = $("empty"), changed = false;
  for (const message of channel.messages) {
    keep.add(message.ts);
    const key = JSON.stringify(message);
    let entry = drawn.get(message.ts);
    if (entry?.key !== key) {
      const row = drawMessage(message, person);
      if (entry) entry.row.replaceWith(row);
      else before.after(row);
      if (!isFirst) tell(message, row, entry?.title);
      entry = { key, row, title: titleOf(row) };
      drawn.set(message.ts, entry);
      changed = true;
    }
    before = entry.row;
  }
  for (const [ts, entry] of drawn) {
    if (keep.has(ts)) continue;
    entry.row.remove();
    drawn.delete(ts);
    changed = true;
  }
  restore(focus);
  if (changed && follow) stick();
}

const keyOf = control => control.dataset.actionId || control.className;
const titleOf = row => (row.querySelector(".slack-header") ?? row.querySelector(".body")).textContent;

// Cards change often; only a new status is worth saying.
function tell(message, row, former) {
  const title = titleOf(row);
  if (title !== former) announce(`${message.author}: ${title}`);
}

function focusIn() {
  const control = document.activeElement;
  const row = control?.closest?.("[data-ts]");
  return row && { row, ts: row.dataset.ts, key: keyOf(control) };
}

function restore(focus) {
  if (!focus || document.contains(focus.row)) return;
  const row = drawn.get(focus.ts)?.row;
  const again = row && [...row.querySelectorAll("button")].find(control => keyOf(control) === focus.key);
  (again || list).focus({ preventScroll: true });
}

function drawMessage(message, person) {
  const isCard = message.kind === "app" && message.html.includes("slack-header");
  const row = el("article", `message ${message.kind}${isCard ? " card" : ""}`);
  row.dataset.ts = message.ts;
  row.dataset.version = message.version;
  const right = el("div", "wrap");
  const body = el("div", "body");
  body.innerHTML = message.html;
  right.append(drawWho(message, person), body);
  if (message.replies.length > 0) right.append(...drawThread(message));
  row.append(avatar(message.author), right);
  return row;
}

function drawWho(message, person) {
  const who = el("div", "who");
  who.append(el("b", "", message.author));
  if (message.author === "devflow") who.append(el("span", "tag", "APP"));
  const at = el("time", "", time(message.at));
  at.dateTime = message.at;
  who.append(at);
  if (message.isBroadcast) who.append(el("span", "note", "replied to a thread"));
  if (message.kind === "private") {
    const dismiss = button("dismiss", "×", () => act("dismiss", { person, id: message.ts }));
    dismiss.setAttribute("aria-label", "Dismiss this message");
    who.append(el("span", "note", "Only visible to you"), dismiss);
  }
  return who;
}

function drawThread(message) {
  const thread = el("div", "thread");
  const count = message.replies.length === 1 ? "1 reply" : `${message.replies.length} replies`;
  const toggle = button("thread-toggle", count, () => {
    const open = !openThreads.has(message.ts);
    if (open) openThreads.add(message.ts);
    else openThreads.delete(message.ts);
    show(open);
  });
  const show = open => {
    thread.hidden = !open;
    toggle.setAttribute("aria-expanded", open);
  };
  show(openThreads.has(message.ts));
  for (const reply of message.replies) {
    const line = el("div");
    const text = el("div", "body");
    text.innerHTML = reply.html;
    line.append(el("time", "", time(reply.at)), text);
    thread.append(line);
  }
  return [toggle, thread];
}
