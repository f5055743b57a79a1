// The desk of an assessor: keeps what is typed, and lets one key rule and go on. Without it the form works as it stands.
(() => {
  const form = document.querySelector("form[data-desk]");
  const map = document.getElementById("key-map");
  const evidence = document.getElementById("evidence");
  const text = form?.querySelector("textarea");
  const ON = "desk-keys";

  // --- nothing typed is lost ---

  if (form) keepTyping();

  function keepTyping() {
    const state = document.getElementById("draft-state");
    const place = `desk-draft ${form.dataset.person} ${window.location.pathname}`;
    const version = form.elements.version.value;
    let waiting = 0;
    let sent = typed();
    document.getElementById("keep-draft").remove();
    restore();
    form.addEventListener("input", () => {
      remember(place, JSON.stringify({ version, typed: Object.fromEntries(new URLSearchParams(typed())) }));
      window.clearTimeout(waiting);
      waiting = window.setTimeout(keep, 800);
    });
    form.addEventListener("submit", () => {
      window.clearTimeout(waiting);
      sent = typed();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") keep();
    });

    function typed() {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete("csrfmiddlewaretoken");
      return fields.toString();
    }

    async function keep() {
      const now = typed();
      if (now === sent) return;
      state.textContent = form.dataset.wordsKeeping;
      try {
        const answer = await fetch(form.dataset.draft, {
          method: "POST",
          keepalive: true,
          redirect: "error",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
          body: new URLSearchParams(now),
        });
        if (!answer.ok) throw new Error(String(answer.status));
        sent = now;
        forget(place);
        state.textContent = form.dataset.wordsKept;
      } catch {
        state.textContent = form.dataset.wordsLocal;
      }
    }

    // What the server never got is on this device still, unless a ruling was saved since.
    function restore() {
      const kept = JSON.parse(remembered(place) || "null");
      if (!kept) return;
      if (kept.version !== version || form.querySelector(".has-error")) {
        forget(place);
        return;
      }
      for (const [name, value] of Object.entries(kept.typed)) {
        if (name === "version" || !form.elements[name]) continue;
        form.elements[name].value = value;
      }
      if (typed() === sent) {
        forget(place); // the server has it after all
        return;
      }
      state.textContent = form.dataset.wordsRestored;
      waiting = window.setTimeout(keep, 800);
    }
  }

  // --- single keys ---

  const on = document.getElementById("keys-on");
  on.checked = remembered(ON) !== "off";
  on.addEventListener("change", () => remember(ON, on.checked ? "on" : "off"));

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

  // A browser that keeps nothing for us still rules and saves.
  function remembered(name) {
    try {
      return window.localStorage.getItem(name);
    } catch {
      return null;
    }
  }

  function remember(name, value) {
    try {
      window.localStorage.setItem(name, value);
    } catch {
      // full, or forbidden: the draft on the server is the one that counts
    }
  }

  function forget(name) {
    try {
      window.localStorage.removeItem(name);
    } catch {
      // as above
    }
  }
})();
