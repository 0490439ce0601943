// Draws what the sandbox says it looks like, for the person who was picked.
import { drawChannel, listen, stick } from "./channel.js";
import { drawApps, drawCommands } from "./cluster.js";
import { drawCommits, listen as listenToChecks } from "./github.js";
import { $, act, avatar, button, el } from "./dom.js";

const suggestions = ["/promote my-app", "/rollback my-app", "/devflow status my-app", "/devflow help"];
let me = sessionStorage.getItem("person") ?? "";
let source;

function draw(state) {
  drawPeople(state.people, state.person);
  const { hint } = state;
  if ($("hint").textContent !== hint.text) $("hint").textContent = hint.text;
  $("hint").dataset.tone = hint.tone;
  document.body.dataset.attention = hint.where;
  drawChannel(state.channel, state.person);
  drawApps(state.apps, state.now);
  drawCommits(state.commits);
  drawCommands(state.commands);
}

function drawPeople(people, person) {
  me = person;
  // Whom the console takes for signed in.
  document.cookie = `person=${encodeURIComponent(person)}; path=/console; SameSite=Strict`;
  if ($("people").querySelector("label")) return;
  for (const control of $("form").elements) control.disabled = false;
  for (const { slackId, name, role } of people) {
    const label = el("label");
    const input = el("input");
    input.type = "radio";
    input.name = "person";
    input.value = slackId;
    input.checked = slackId === person;
    input.addEventListener("change", () => {
      sessionStorage.setItem("person", slackId);
      connect(slackId);
    });
    label.append(input, avatar(name), name, el("small", "", role));
    $("people").append(label);
  }
}

function connect(person) {
  me = person;
  source?.close();
  source = new EventSource("/events?as=" + encodeURIComponent(person));
  source.onopen = () => setLive(true, "live");
  source.onerror = () => setLive(false, "not connected");
  source.onmessage = event => draw(JSON.parse(event.data));
}

function setLive(on, text) {
  $("live").dataset.on = on;
  $("live").textContent = text;
}

$("form").addEventListener("submit", event => {
  event.preventDefault();
  const text = $("line").value.trim();
  if (!text) return;
  $("line").value = "";
  act("command", { person: me, text });
  stick();
});

for (const command of suggestions) {
  $("chips").append(button("chip", command, () => {
    $("line").value = command;
    $("line").focus();
  }));
}

listen(() => me);
listenToChecks(() => me);
connect(me);
