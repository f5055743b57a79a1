// The desk of an assessor: one key rules and goes on. Without it the form works as it stands; keep_typing.js keeps it.
(() => {
  const form = document.querySelector("form[data-desk]");
  const map = document.getElementById("key-map");
  const evidence = document.getElementById("evidence");
  const text = form?.querySelector("textarea");
  const ON = "desk-keys";

  // --- single keys ---

  const on = document.getElementById("keys-on");
  on.checked = browserMemory.recall(ON) !== "off";
  on.addEventListener("change", () => browserMemory.keep(ON, on.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=next]"));
      return;
    }
    const writing = event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (event.key === "Escape" && writing) writing.blur();
    if (writing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "?") {
      map.open = !map.open;
      if (map.open) map.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    if (on.checked && pressed(event.key)) event.preventDefault();
  });

  function pressed(key) {
    const choice = form?.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (choice) {
      choice.checked = true;
      choice.dispatchEvent(new Event("input", { bubbles: true }));
      if (key === "a") form.requestSubmit(form.querySelector("button[value=next]"));
      else text.focus();
      return true;
    }
    const ways = { j: "after", k: "before", l: "list" };
    if (ways[key]) {
      document.querySelector(`[data-way=${ways[key]}]`)?.click();
      return true;
    }
    if (key === "e") evidence.focus();
    else if (key === "t") text?.focus();
    else if (key === "u") (document.querySelector("#undo-last button") ?? document.querySelector("#undo-form button"))?.click();
    else return false;
    return true;
  }
})();
