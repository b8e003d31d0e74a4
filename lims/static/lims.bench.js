/* Bench work: scan box, plate and list by arrow keys, entry grid with paste and undo. Loaded after lims.js, whose helpers it uses. */
"use strict";

/* Scan box: ends with Enter or Tab, never by a timeout ------------------------------------------------------------------ */
const halfWidth = (text) => text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ").trim();

function tone(good) {
  if (localStorage.getItem("mute") === "yes" || !window.AudioContext) return;
  const context = new AudioContext();
  const voice = context.createOscillator();
  const volume = context.createGain();
  voice.frequency.value = good ? 1320 : 330;
  volume.gain.value = 0.15;
  voice.connect(volume).connect(context.destination);
  voice.start();
  voice.stop(context.currentTime + (good ? 0.09 : 0.35));
}

/* What the scanner sent, from the keys themselves, when the input method swallowed the letters. */
function keyCharacter(event) {
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit) return digit[1];
  return ["Minus", "NumpadSubtract"].includes(event.code) ? "-" : "";
}

function scanBox(box) {
  const form = box.form;
  const around = form || document;
  const warn = around.querySelector("[data-scan-alert]");
  const wide = around.querySelector("[data-scan-width]");
  const raw = form && form.elements.namedItem(`${box.name}_raw`);
  let before = "";
  let rebuilt = "";
  const clean = () => {
    const text = halfWidth(box.value);
    /* once cleaned, the change event comes again: what was sent is kept */
    if (raw && box.value && halfWidth(raw.value) !== text) raw.value = box.value;
    if (wide) wide.hidden = text === box.value.trim();
    box.value = text;
  };
  box.addEventListener("compositionstart", () => {
    before = box.value;
    rebuilt = "";
    if (warn) warn.hidden = false;
    tone(false);
  });
  box.addEventListener("compositionend", (event) => {
    if (raw) raw.value = before + event.data;
    /* offered for a look, selected, so that the next scan replaces it */
    box.value = before + rebuilt;
    box.select();
  });
  box.addEventListener("keydown", (event) => {
    if (composing(event)) {
      rebuilt += keyCharacter(event);
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    if (warn && event.key.length === 1) warn.hidden = true;
    const back = around.querySelector("[data-scan-undo]");
    if (back && !box.value && (event.ctrlKey || event.metaKey) && event.code === "KeyZ") { event.preventDefault(); back.click(); }
    if (event.key === "Enter") clean();
    if (event.key === "Tab" && !event.shiftKey && box.value && form) {
      event.preventDefault();
      clean();
      form.requestSubmit();
    }
  });
  box.addEventListener("change", clean);
  const keyboard = around.querySelector("[data-scan-keyboard]");
  if (keyboard) keyboard.addEventListener("click", () => { box.inputMode = "text"; box.blur(); box.focus(); });
}

/* Plate and list: one tab stop, arrows, N and P over problems --------------------------------------------------------------- */
const handle = (cell) => cell.querySelector("a, button") || cell;

function gridCells(table) {
  if (table.dataset.grid === "plate") return all("tbody tr", table).map((row) => all("td", row).map(handle));
  return all("tbody tr", table).filter((row) => !row.classList.contains("group")).map((row) => [row]);
}

function grid(table) {
  const cells = gridCells(table);
  const flat = cells.flat();
  if (!flat.length) return;
  for (const cell of flat) cell.tabIndex = -1;
  let current = flat.find((cell) => cell.closest(".cur")) || flat[0];
  current.tabIndex = 0;
  const go = (cell) => {
    if (!cell) return false;
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
    current.focus();
    return true;
  };
  const step = (down, right) => {
    const row = cells.findIndex((line) => line.includes(current));
    const column = cells[row].indexOf(current);
    return go((cells[row + down] || [])[column + right]);
  };
  const problem = (direction) => {
    const marked = flat.filter((cell) => cell === current || cell.closest("[data-problem]") || cell.querySelector("[data-problem]"));
    return go(marked[marked.indexOf(current) + direction]);
  };
  const moves = { ArrowUp: () => step(-1, 0), ArrowDown: () => step(1, 0), ArrowLeft: () => step(0, -1), ArrowRight: () => step(0, 1), n: () => problem(1), p: () => problem(-1) };
  table.addEventListener("keydown", (event) => {
    if (composing(event) || event.ctrlKey || event.altKey || event.metaKey || event.target !== current) return;
    const move = moves[event.key];
    if (move ? move() : useRow(event, current)) event.preventDefault();
  });
  table.addEventListener("focusin", (event) => { if (flat.includes(event.target)) { current.tabIndex = -1; current = event.target; current.tabIndex = 0; } });
}

function useRow(event, row) {
  const wanted = { " ": "input[type=checkbox]", Enter: "a.code, a" }[event.key];
  const target = wanted && row.querySelector(wanted);
  if (target) target.click();
  return Boolean(target);
}

/* Entry grid ---------------------------------------------------------------------------------------------------------------- */
function readBlock(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t"));
}

function fits(field, value) {
  if (!(field instanceof HTMLSelectElement)) return value;
  const option = [...field.options].find((one) => one.value === value.trim() || one.text.trim() === value.trim());
  return option ? option.value : null;
}

function entry(table) {
  const rows = all("tbody tr:not(.why)", table).map((row) => all("td", row).map((cell) => cell.querySelector("input, select")));
  const tools = document.querySelector(`[data-entry-tools="${table.id}"]`);
  const undoButton = tools && tools.querySelector("[data-entry-undo]");
  const said = tools && tools.querySelector("[data-entry-said]");
  const steps = [];
  const place = (field) => { const row = rows.findIndex((line) => line.includes(field)); return [row, row < 0 ? -1 : rows[row].indexOf(field)]; };
  const say = (text) => { if (said) said.textContent = text; };
  const record = (changes) => {
    if (!changes.length) return;
    steps.push(changes);
    table.dataset.unsaved = "";
    for (const [field] of changes) field.closest("td").classList.add("chg");
    if (undoButton) undoButton.disabled = false;
  };
  const undo = () => {
    const changes = steps.pop() || [];
    for (const [field, before, marked] of changes) {
      field.value = before;
      field.dataset.before = before;
      field.closest("td").classList.toggle("chg", marked);
    }
    if (undoButton) undoButton.disabled = steps.length === 0;
    say("");
    return changes.length > 0;
  };
  const change = (field, value) => {
    const step = [field, field.value, field.closest("td").classList.contains("chg")];
    field.value = value;
    field.dataset.before = value;
    return step;
  };
  const paste = (field, block) => {
    const [row, column] = place(field);
    const changes = [];
    let refused = 0;
    block.forEach((line, down) => line.forEach((value, right) => {
      const target = (rows[row + down] || [])[column + right];
      const wanted = target ? fits(target, value) : null;
      if (wanted === null) refused += 1;
      else if (wanted !== target.value) changes.push(change(target, wanted));
    }));
    record(changes);
    const message = table.dataset.pasted.replace("{n}", String(changes.length));
    say(refused ? `${message} ${table.dataset.refused.replace("{n}", String(refused))}` : message);
  };
  const move = (field, down, right) => {
    const [row, column] = place(field);
    const target = (rows[row + down] || [])[column + right];
    if (target) target.focus();
    return Boolean(target);
  };
  const edge = (field, end) => !("selectionStart" in field) || field.selectionStart === null || (field.selectionStart === 0 && field.selectionEnd === field.value.length) ||
    (field.selectionStart === field.selectionEnd && field.selectionStart === (end ? field.value.length : 0));
  const withControl = (field, event) => {
    if (event.code === "KeyZ" && field.value === field.dataset.before) return undo();
    if (event.code !== "KeyD") return false;
    const [row, column] = place(field);
    const above = (rows[row - 1] || [])[column];
    if (above && above.value !== field.value) record([change(field, above.value)]);
    return true;
  };
  const keys = (field, event) => {
    const list = field instanceof HTMLSelectElement;
    if (event.key === "Enter") return move(field, event.shiftKey ? -1 : 1, 0) || true;
    if (event.key === "ArrowDown") return !list && move(field, 1, 0);
    if (event.key === "ArrowUp") return !list && move(field, -1, 0);
    if (event.key === "ArrowLeft") return edge(field, false) && move(field, 0, -1);
    if (event.key === "ArrowRight") return edge(field, true) && move(field, 0, 1);
    if (event.key === "F2" && !list) { field.setSelectionRange(field.value.length, field.value.length); return true; }
    if (event.key === "Escape") { field.value = field.dataset.before; return true; }
    return false;
  };
  table.addEventListener("focusin", (event) => {
    const field = event.target;
    if (place(field)[0] < 0) return;
    field.dataset.before = field.value;
    if (field instanceof HTMLInputElement) field.select();
  });
  table.addEventListener("change", (event) => {
    const field = event.target;
    if (place(field)[0] < 0 || field.value === field.dataset.before) return;
    record([[field, field.dataset.before || "", field.closest("td").classList.contains("chg")]]);
    field.dataset.before = field.value;
  });
  table.addEventListener("keydown", (event) => {
    const field = event.target;
    if (composing(event) || event.altKey || place(field)[0] < 0 || (event.ctrlKey && event.key === "Enter")) return;
    if (event.ctrlKey || event.metaKey ? withControl(field, event) : keys(field, event)) event.preventDefault();
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (place(event.target)[0] < 0 || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    paste(event.target, readBlock(text));
  });
  if (tools) tools.hidden = false;
  if (undoButton) undoButton.addEventListener("click", undo);
  table.closest("form")?.addEventListener("submit", () => { delete table.dataset.unsaved; });
  window.addEventListener("beforeunload", (event) => { if ("unsaved" in table.dataset) event.preventDefault(); });
}

/* Files dropped anywhere on the form are chosen as with its file field; what is chosen is listed ------------------------------- */
function dropped(form) {
  const field = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-dropped]");
  const show = () => list.replaceChildren(...(field.files.length > 1 ? [...field.files] : []).map((file) => {
    const line = document.createElement("li");
    line.textContent = file.name;
    return line;
  }));
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("dropping"); });
  form.addEventListener("drop", (event) => {
    form.classList.remove("dropping");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const both = new DataTransfer();
    for (const file of [...field.files, ...event.dataTransfer.files]) both.items.add(file);
    field.files = both.files;
    show();
  });
  field.addEventListener("change", show);
}

all("form[data-drop]").forEach(dropped);
all("[data-scan]").forEach(scanBox);
all("[data-grid]").forEach(grid);
all("table[data-entry]").forEach(entry);
all("[data-scan-sound]").forEach((button) => {
  const show = () => button.setAttribute("aria-pressed", String(localStorage.getItem("mute") !== "yes"));
  button.addEventListener("click", () => { localStorage.setItem("mute", localStorage.getItem("mute") === "yes" ? "no" : "yes"); show(); });
  show();
});
document.querySelectorAll("[data-scan-result]").forEach((result) => tone(result.dataset.scanResult === "ok"));
