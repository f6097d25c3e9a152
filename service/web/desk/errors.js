// Where in a pack's text an error is. The service says the file and the line, and shows the line with a caret. Pure.

// `one` with {own, line, column}: `own` when it is of the text at hand and not of another pack.
export function placeOf(one, text) {
  const found = /^(.*?)(?:\.toml)?:(\d+)$/.exec(one.where ?? "");
  const line = one.line ?? (found ? Number(found[2]) : 0);
  const other = found && found[1] !== "draft" && found[1] !== "";
  return { ...one, line, column: one.column ?? columnOf(one.advice ?? "", line, text), own: !other, file: found?.[1] };
}

// From the caret under the line as it is shown, of which long ones are shown in part.
function columnOf(advice, line, text) {
  const rows = advice.split("\n");
  const at = rows.findIndex((row, n) => n > 0 && /^\s*\|\s*\^\s*$/.test(row));
  if (at < 1 || line < 1) return 1;
  const bar = rows[at - 1].indexOf(" | ") + 3;
  const seen = rows[at - 1].slice(bar);
  const whole = text.split("\n", line)[line - 1] ?? "";
  return Math.max(0, whole.indexOf(seen)) + Math.max(0, rows[at].indexOf("^") - bar) + 1;
}
