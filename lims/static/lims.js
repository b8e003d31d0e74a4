/* Speed for pages that work without it: focus, shortcuts, menus, dialogs, selection, jobs. No words here: they stand in the markup.
   Scan box, plate and entry grid: lims.bench.js. */
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const shown = (element) => element.getClientRects().length > 0;
const topDialog = () => all("dialog[open]").pop();

/* A burst of keys is a scanner, never a shortcut; a slow or wireless one leaves up to 150 ms between two characters. */
const burst = { keys: "", last: -1000 };
function scannerKey(event) {
  const fast = event.timeStamp - burst.last < 150;
  burst.last = event.timeStamp;
  burst.keys = (fast ? burst.keys : "") + event.key;
  return fast;
}

/* Focus and title -------------------------------------------------------------------------------------------------- */
function firstFocus() {
  const errors = document.querySelector("[data-errors]");
  if (errors && !document.title.startsWith(errors.dataset.errors)) document.title = `${errors.dataset.errors} ${document.title}`;
  const wanted = errors || document.querySelector("dialog [data-focus]:not([disabled])") || document.querySelector("[data-focus]:not([disabled])");
  if (wanted && !location.hash) wanted.focus();
}

/* Menus ------------------------------------------------------------------------------------------------------------ */
function closeMenus(except) {
  const open = all("details[data-menu][open]").filter((menu) => menu !== except);
  for (const menu of open) menu.open = false;
  return open.length > 0;
}

/* Dialogs ---------------------------------------------------------------------------------------------------------- */
function openDialog(dialog) {
  if (!dialog || dialog.open || topDialog()) return;
  dialog.showModal();
  const field = dialog.querySelector("input:not([type=hidden]), select, textarea");
  if (field) field.focus();
}

function clicked(event) {
  const target = event.target;
  if (!(target instanceof Element)) return;
  closeMenus(target.closest("details[data-menu]"));
  const opener = target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    openDialog(document.getElementById(opener.dataset.opens));
  }
  const closer = target.closest("[data-closes]");
  if (closer && closer.closest("dialog[open]")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  if (target.closest("[aria-disabled=true]")) event.preventDefault();
}

/* Shortcuts -------------------------------------------------------------------------------------------------------- */
function focusSearch() {
  const box = document.querySelector("[data-scan]") || document.querySelector("[data-search]");
  if (!box) return;
  box.focus();
  box.select();
}

function press(selector) {
  const within = topDialog() || document;
  const scope = within === document ? selector : "footer button[type=submit]";
  const button = all(scope, within).filter((one) => shown(one) && !one.disabled).pop();
  if (button) button.click();
  return Boolean(button);
}

function withAlt(event) {
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (digit) {
    const entry = all("[data-nav]")[Number(digit[1]) - 1];
    if (entry) entry.click();
    return Boolean(entry);
  }
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (!letter) return false;
  if (letter[1] === "L") {
    const menu = document.querySelector("details[data-menu]:has(> .lab)");
    if (menu) menu.open = true;
    return Boolean(menu);
  }
  const named = document.querySelector(`[data-key="${letter[1].toLowerCase()}"]`);
  if (named) named.click();
  return Boolean(named);
}

function withControl(event) {
  if (event.key === "Enter") return press("[data-primary]");
  if (event.code === "KeyK") {
    focusSearch();
    return true;
  }
  return event.code === "KeyS" && press("[data-draft]");
}

function plainKey(event) {
  if (event.key === "Escape") {
    if (!closeMenus() && !topDialog() && !typing(event.target)) all("[data-bulk-clear]").forEach((button) => button.click());
    return false;
  }
  const fast = scannerKey(event);
  if (typing(event.target) || topDialog()) return false;
  if (fast && burst.keys.length === 3) return toSearch(burst.keys);
  if (fast || document.body.dataset.shortcuts === "off") return false;
  if (event.key === "/") focusSearch();
  else if (event.key === "?") openDialog(document.getElementById("shortcuts"));
  else return false;
  return true;
}

/* A code scanned while no field has the focus goes to the box: what was caught so far first, the rest types itself. */
function toSearch(keys) {
  if (!/^[\x21-\x7e]+$/.test(keys)) return false;
  focusSearch();
  const box = document.activeElement;
  if (box instanceof HTMLInputElement) box.value = keys;
  return true;
}

function pressed(event) {
  if (event.defaultPrevented || composing(event)) return;
  let done = false;
  if (event.altKey && !event.ctrlKey && !event.metaKey) done = withAlt(event);
  else if (event.ctrlKey || event.metaKey) done = withControl(event);
  else if (event.key.length === 1 || event.key === "Escape") done = plainKey(event);
  if (done) event.preventDefault();
}

/* Selection: kept over the pages of one list (500 at most), sent with the bulk form ---------------------------------- */
function listKey(form) {
  const address = new URL(location.href);
  for (const cursor of ["after", "before", "cursor", "page"]) address.searchParams.delete(cursor);
  return `selected ${form} ${address.pathname}?${address.searchParams}`;
}

function selection(bar) {
  const form = document.getElementById(bar.dataset.bulk);
  if (!form) return;
  const key = listKey(form.id);
  const chosen = new Set(JSON.parse(sessionStorage.getItem(key) || "[]"));
  const boxes = [...form.elements].filter((box) => box.type === "checkbox" && box.name);
  const whole = document.querySelector(`[data-pick-all="${form.id}"]`);
  const show = () => {
    sessionStorage.setItem(key, JSON.stringify([...chosen]));
    for (const box of boxes) box.closest("tr")?.classList.toggle("sel", box.checked);
    bar.hidden = chosen.size === 0;
    bar.querySelector("[data-bulk-count]").textContent = String(chosen.size);
    if (whole) whole.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    if (whole) whole.indeterminate = !whole.checked && boxes.some((box) => box.checked);
  };
  const tick = (box, on) => {
    box.checked = on && (chosen.has(box.value) || chosen.size < 500);
    if (box.checked) chosen.add(box.value);
    else chosen.delete(box.value);
  };
  for (const box of boxes) {
    if (box.checked) chosen.add(box.value);
    box.checked = chosen.has(box.value);
    box.addEventListener("change", () => { tick(box, box.checked); show(); });
  }
  if (whole) {
    whole.hidden = false;
    whole.addEventListener("change", () => { for (const box of boxes) tick(box, whole.checked); show(); });
  }
  bar.querySelector("[data-bulk-clear]").addEventListener("click", () => {
    chosen.clear();
    for (const box of boxes) box.checked = false;
    show();
  });
  form.addEventListener("submit", () => {
    const here = new Set(boxes.map((box) => box.value));
    for (const value of chosen) if (!here.has(value)) form.append(hiddenField(boxes[0]?.name || "selected", value));
    sessionStorage.removeItem(key);
  });
  show();
}

function hiddenField(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}

/* Jobs: every second, then every three, every fifteen in a hidden tab; spoken at most every five ---------------------- */
/* Never under the hands of somebody who is typing, signing or has unsaved cells. */
function leave(go) {
  const busy = topDialog() || typing(document.activeElement) || document.querySelector("[data-unsaved]");
  if (busy) setTimeout(() => leave(go), 1000);
  else go();
}

function followJob(box) {
  let polls = 0;
  let spoken = 0;
  const ended = (state) => !["queued", "running"].includes(state);
  if (ended(box.dataset.state)) return;
  const later = () => setTimeout(ask, document.hidden ? 15000 : polls < 10 ? 1000 : 3000);
  const ask = async () => {
    polls += 1;
    try {
      const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok && showJob(box, await answer.json())) return;
    } catch (failure) {
      polls = 10; /* the network is away: ask less often, the page keeps what it shows */
    }
    later();
  };
  const showJob = (where, job) => {
    const text = job.text || "";
    where.querySelector("[data-job-text]").textContent = text;
    where.querySelector(".bar .fg")?.setAttribute("width", String(job.total ? Math.min(100, (100 * job.done) / job.total) : 0));
    if (Date.now() - spoken > 5000) {
      where.querySelector("[data-job-said]").textContent = text;
      spoken = Date.now();
    }
    if (!ended(job.state)) return false;
    leave(() => (job.url ? location.assign(job.url) : location.reload()));
    return true;
  };
  later();
}

/* The language switch keeps what was typed ----------------------------------------------------------------------------- */
const kept = () => all("main form").flatMap((form) => [...form.elements]).filter((one) => one.name && !["hidden", "password", "file", "submit", "button"].includes(one.type));

function keepInput() {
  const values = kept().map((field) => [field.name, ["checkbox", "radio"].includes(field.type) ? field.checked : field.value]);
  if (values.length) sessionStorage.setItem("kept", JSON.stringify({ path: location.pathname, values }));
}

function restoreInput() {
  const stored = JSON.parse(sessionStorage.getItem("kept") || "null");
  sessionStorage.removeItem("kept");
  if (!stored || stored.path !== location.pathname) return;
  const fields = kept();
  stored.values.forEach(([name, value], index) => {
    const field = fields[index];
    if (!field || field.name !== name) return;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
  });
}

/* A page that shows what its fields lead to: asked again half a second after the last change, without keeping anything ------- */
function preview(form) {
  const here = document.querySelector("[data-preview-here]");
  let waits;
  const ask = async () => {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (answer.ok) here.innerHTML = await answer.text();
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.name === "heading_row") return;
    clearTimeout(waits);
    waits = setTimeout(() => ask().catch(() => {}), 500);
  });
}

restoreInput();
all("[data-scripted]").forEach((element) => { element.hidden = false; });
all("[data-bulk]").forEach(selection);
all("[data-job]").forEach(followJob);
all("form[data-preview]").forEach(preview);
all("form[data-language]").forEach((form) => form.addEventListener("submit", keepInput));
all("dialog[data-show]").slice(0, 1).forEach(openDialog);
document.addEventListener("click", clicked);
document.addEventListener("keydown", pressed);
firstFocus();
