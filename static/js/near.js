// "Use my location": asks the browser, rounds to two decimals (about half a mile), and opens our own
// list with it. The button is hidden until this file has run, so nobody without JavaScript sees it.
(function () {
  "use strict";
  var form = document.querySelector("[data-near-me]");
  if (!form || !navigator.geolocation) return;
  var status = form.querySelector("[role=status]");
  form.hidden = false;

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    status.textContent = form.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      function (position) {
        form.elements.lat.value = position.coords.latitude.toFixed(2);
        form.elements.lon.value = position.coords.longitude.toFixed(2);
        form.submit();
      },
      function () {
        status.textContent = form.dataset.failed;
      },
      { timeout: 10000, maximumAge: 600000 }
    );
  });
})();
