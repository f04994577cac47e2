// "Use my location": asks the browser, rounds to two decimals (about half a mile), and opens our own list with it.
// The form is hidden until this has run, so nobody without JavaScript sees a dead button.
(() => {
  const form = document.querySelector("[data-near-me]");
  if (!form || !navigator.geolocation) return;
  const status = form.querySelector("[role=status]");
  form.hidden = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    status.textContent = form.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(2);
        form.elements.lon.value = coords.longitude.toFixed(2);
        form.submit();
      },
      () => { status.textContent = form.dataset.failed; },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
})();
