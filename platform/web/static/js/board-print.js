/* The sheet on paper says when it was printed, on the clock of the business: the page may have stood for hours. */
const printed = document.querySelector(".printed");

addEventListener("beforeprint", () => {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
    hour12: printed.dataset.clock === "12",
    timeZone: printed.dataset.zone,
  });
  printed.querySelector("time").textContent = format.format(new Date());
});
