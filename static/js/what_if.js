// Sliders beside the number fields of a trial: each moves with its field and moves it; without script there are fields alone.
for (const slider of document.querySelectorAll("[data-slides]")) {
  const field = document.getElementById(slider.dataset.slides);
  const follow = () => { if (field.value.trim() && !Number.isNaN(Number(field.value))) slider.value = field.value; };
  slider.hidden = false;
  follow();
  field.addEventListener("input", follow);
  slider.addEventListener("input", () => { field.value = slider.value; });
}
// What is wrong with a value stands beside its field as well, until the next answer.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "trial") return;
  for (const field of document.querySelectorAll(".try-field [aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    document.getElementById(`${field.id}-error`).hidden = true;
  }
  const wrong = event.detail.target.querySelector("[data-of]");
  const beside = wrong && document.getElementById(`${wrong.dataset.of}-error`);
  if (!beside) return;
  beside.textContent = wrong.textContent;
  beside.hidden = false;
  const field = document.getElementById(wrong.dataset.of);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", beside.id);
});
