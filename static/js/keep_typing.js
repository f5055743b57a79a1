// Nothing typed is lost: a form with data-draft sends what is in it as the pen rests. Without this a button does it.
(() => {
  const form = document.querySelector("form[data-draft]");
  if (form) keepTyping();

  function keepTyping() {
    const state = document.getElementById("draft-state");
    const place = `desk-draft ${form.dataset.person} ${form.dataset.draft}`;
    const version = form.elements.version.value;
    let waiting = 0;
    let sent = typed();
    document.getElementById("keep-draft").remove();
    restore();
    form.addEventListener("input", () => {
      browserMemory.keep(place, JSON.stringify({ version, typed: Object.fromEntries(new URLSearchParams(typed())) }));
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
        browserMemory.forget(place);
        state.textContent = form.dataset.wordsKept;
      } catch {
        state.textContent = form.dataset.wordsLocal;
      }
    }

    // What the server never got is on this device still, unless a ruling was saved since.
    function restore() {
      const kept = JSON.parse(browserMemory.recall(place) || "null");
      if (!kept) return;
      if (kept.version !== version || form.querySelector(".has-error")) {
        browserMemory.forget(place);
        return;
      }
      for (const [name, value] of Object.entries(kept.typed)) {
        if (name === "version" || !form.elements[name]) continue;
        form.elements[name].value = value;
      }
      if (typed() === sent) {
        browserMemory.forget(place); // the server has it after all
        return;
      }
      state.textContent = form.dataset.wordsRestored;
      waiting = window.setTimeout(keep, 800);
    }
  }
})();
