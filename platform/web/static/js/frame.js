/* In a frame on another site: tells the page around it how high it is and what happened, and nothing about people. */
const { frame: mode, frameRoot, step } = document.documentElement.dataset;
const STEPS = {
  location: "location",
  start: "service",
  visit: "visit",
  time: "time",
  details: "details",
  verify: "verify",
};
/* To whoever is around: that can only be a site of the business (frame-ancestors). */
const tell = (type, facts) => parent.postMessage({ turnero: 1, type, ...facts }, "*");

tell("ready");
if (STEPS[step]) tell("step", { step: STEPS[step] });
const news = document.getElementById("news");
if (news) tell(news.value, { ...news.dataset });

/* The height of the content, which depends on no height of the window: nothing can grow in a circle. */
let told = 0;
const measure = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (Math.abs(height - told) <= 1) return;
  told = height;
  tell("height", { height });
};
if (mode === "inline") new ResizeObserver(measure).observe(document.body);

/* Keys do not leave a frame by themselves. */
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && mode === "popup" && !event.defaultPrevented) tell("close");
});

/* What leads elsewhere does not open in here: most pages refuse that. */
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a[href]");
    if (!/^https?:$/.test(link?.protocol)) return;
    if (link.origin === location.origin && link.pathname.startsWith(frameRoot)) return;
    link.target = "_blank";
    link.rel = "noopener";
  },
  true,
);

/* What the page around knows of its visitor goes into empty fields; it is in no address and is kept nowhere. */
const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), textarea";
addEventListener("message", ({ source, data }) => {
  if (source !== parent || data?.turnero !== 1 || data.type !== "prefill") return;
  for (const [name, text] of Object.entries(data.values)) {
    const [field] = document.getElementsByName(name);
    if (!field?.matches(TYPED) || field.value || field.ariaInvalid === "true") continue;
    field.value = text;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
});
