// Small things that the parts of the page share.

export const $ = id => document.getElementById(id);

/** Text always goes in as text; only what the server has encoded goes in as HTML. */
export function el(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function button(className, text, press) {
  const made = el("button", className, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

export function avatar(name) {
  const made = el("span", "avatar", name === "devflow" ? "" : name.slice(0, 1).toUpperCase());
  made.dataset.who = name;
  made.setAttribute("aria-hidden", "true");
  return made;
}

export const time = iso =>
  new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

let toastTimer;
export function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

/** Says it to screen readers. */
export function announce(text) {
  $("announce").append(el("p", "", text));
  while ($("announce").children.length > 5) $("announce").firstChild.remove();
}

/** Asks the sandbox to do something; what is wrong is told in words. */
export async function act(what, body) {
  try {
    const answer = await fetch("/act/" + what, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) {
      toast(answer.status === 409 ? (await answer.json()).error : `That did not work (${answer.status}).`);
    }
  } catch {
    toast("The sandbox does not answer; is it still running?");
  }
}

/** Disables the button that was pressed until the work is done. */
export async function whileBusy(pressed, work) {
  pressed.disabled = true;
  try {
    await work();
  } finally {
    pressed.disabled = false;
  }
}
