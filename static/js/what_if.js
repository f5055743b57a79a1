// Sliders beside the number fields of a trial: each moves with its field and moves it; without script there are fields alone.
for (const slider of document.querySelectorAll("[data-slides]")) {
  const field = document.getElementById(slider.dataset.slides);
  const follow = () => { if (field.value.trim() && !Number.isNaN(Number(field.value))) slider.value = field.value; };
  slider.hidden = false;
  follow();
  field.addEventListener("input", follow);
  slider.addEventListener("input", () => { field.value = slider.value; });
}
