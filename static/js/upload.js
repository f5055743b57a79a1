// Shows how much of a file has been sent. Without this script the form works as it stands.
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;

  const box = form.querySelector("[data-progress]");
  const words = box.querySelector("p");
  const bar = box.querySelector("progress");
  const mebibytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MiB`;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action") || window.location.href);
    request.responseType = "document";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = (100 * loaded) / total;
      words.textContent =
        loaded < total
          ? form.dataset.wordsSending.replace("{done}", mebibytes(loaded)).replace("{all}", mebibytes(total))
          : form.dataset.wordsKept;
    });
    request.addEventListener("load", () => answer(request));
    request.addEventListener("error", () => form.submit());
    box.hidden = false;
    form.querySelector("button").disabled = true;
    request.send(new FormData(form));
  });

  // A kept file leads to its page; a refused one comes back as the same form with its errors.
  function answer(request) {
    if (request.status < 400 && request.responseURL !== window.location.href) {
      window.location.assign(request.responseURL);
      return;
    }
    const page = request.response;
    if (!page) {
      form.submit();
      return;
    }
    document.title = page.title;
    document.querySelector(".error-summary")?.remove();
    const summary = page.querySelector(".error-summary");
    if (summary) {
      document.querySelector("main h1").before(summary);
      summary.focus();
    }
    for (const field of page.querySelectorAll("form[data-upload] .field")) {
      const control = field.querySelector("input, select");
      const own = document.getElementById(control.id)?.closest(".field");
      if (!own) continue;
      own.classList.toggle("has-error", field.classList.contains("has-error"));
      own.querySelectorAll(".field-error").forEach((error) => error.remove());
      field.querySelectorAll(".field-error").forEach((error) => own.lastElementChild.before(error));
    }
    box.hidden = true;
    form.querySelector("button").disabled = false;
  }
})();
