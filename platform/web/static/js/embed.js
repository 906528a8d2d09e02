/* <turnero-widget>: the booking page of a business in any other page. It keeps nothing, and a strict content security
   policy only has to allow this address in script-src and frame-src. */
(() => {
  const NAME = "turnero-widget";
  if (customElements.get(NAME)) return; // loaded twice: once is enough
  // An element of the page with the name "currentScript" would stand in its place.
  const { currentScript } = document;
  const own =
    currentScript instanceof HTMLScriptElement ? currentScript : document.querySelector('script[src$="/embed.js"]');
  const HOME = new URL(own?.src ?? location.href).origin;
  const MODES = ["inline", "popup", "button", "floating"];
  const WATCHED = ["mode", "src", "service", "resource", "location", "locale", "theme", "label"];
  const OURS = new RegExp(`^(${WATCHED.join("|")}|prefill-(name|email|phone|note|asset-.+))$`);
  const ANY = /^(id|class|style|title|lang|dir|hidden|slot|part|role|tabindex|(data|aria)-.+)$/;
  const FACTS = ["step", "reference", "starts_at", "service", "status"];
  const LEAST = 320;
  const MOST = 4000;
  const PATIENCE = 12000;
  const WORDS = {
    en: ["Book an appointment", "Close", "Loading…", "The booking page cannot be shown here.", "Open it in a new tab"],
    es: ["Reservar cita", "Cerrar", "Cargando…", "No se puede mostrar aquí la agenda.", "Abrir en otra pestaña"],
  };
  const SHEET = new CSSStyleSheet();
  SHEET.replaceSync(`
:host{display:block;position:relative;font:16px/1.5 var(--turnero-font,inherit)}
:host([hidden]){display:none}
:host([mode=popup]),:host([mode=button]){display:inline-block}
:host([mode=floating]){position:fixed;inset-block-end:20px;inset-inline-end:20px;z-index:2147483000}
iframe{display:block;inline-size:100%;block-size:460px;border:0;border-radius:var(--turnero-radius,14px);color-scheme:light dark}
:host([theme=light]) iframe{color-scheme:light}
:host([theme=dark]) iframe{color-scheme:dark}
.cover{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:12px;padding:24px;text-align:center;border-radius:var(--turnero-radius,14px);background:#f6f7f9;color:#38424e}
.cover[hidden]{display:none}
.cover a{color:inherit}
.wait{inline-size:28px;block-size:28px;border:3px solid #c5ccd5;border-block-start-color:var(--turnero-accent,#38424e);border-radius:50%;animation:turn .9s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
button{cursor:pointer;border:0}
.open{border:1px solid #fff9;font:600 16px/1.2 var(--turnero-font,inherit);min-block-size:48px;padding:12px 22px;border-radius:var(--turnero-radius,10px);background:var(--turnero-accent,#131a24);color:var(--turnero-on-accent,#fff)}
:host([mode=floating]) .open{border-radius:999px;box-shadow:0 8px 24px #0004}
button:focus-visible{outline:3px solid #3b82f6;outline-offset:3px}
dialog{padding:0;border:0;margin:auto;inline-size:min(60rem,100vw);max-inline-size:100vw;block-size:min(54rem,100dvh);max-block-size:100dvh;overflow:hidden;background:#f6f7f9;border-radius:var(--turnero-radius,14px)}
dialog::backdrop{background:#0d121999}
dialog iframe{block-size:100%;border-radius:0}
.close{position:absolute;inset-block-start:10px;inset-inline-end:10px;z-index:1;inline-size:44px;block-size:44px;border-radius:50%;background:#131a24;color:#fff;font:22px/1 sans-serif}
@media(max-width:640px){dialog{inline-size:100vw;block-size:100dvh;border-radius:0}}
@media(prefers-reduced-motion:reduce){.wait{animation:none}}`);

  const make = (tag, values, ...children) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  };
  // biome-ignore lint/suspicious/noConsole: whoever writes the page reads there what is wrong with it
  const warn = (text) => console.warn(`<${NAME}> ${text}`);

  class Widget extends HTMLElement {
    static observedAttributes = WATCHED;
    #frame;
    #cover;
    #dialog;
    #timer;
    #isPlanned;
    #last;

    connectedCallback() {
      if (!this.shadowRoot) {
        this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
        for (const { name } of this.attributes)
          OURS.test(name) || ANY.test(name) || warn(`knows no attribute "${name}".`);
      }
      addEventListener("message", this);
      document.addEventListener("securitypolicyviolation", this);
      this.#draw();
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      document.removeEventListener("securitypolicyviolation", this);
      clearTimeout(this.#timer);
      this.close();
    }

    /* Moved within the page (moveBefore): everything stays as it is. */
    connectedMoveCallback() {}

    attributeChangedCallback(_name, before, now) {
      if (before === now || !this.isConnected || !this.shadowRoot || this.#isPlanned) return;
      this.#isPlanned = true;
      queueMicrotask(() => {
        this.#isPlanned = false;
        if (this.isConnected) this.#draw();
      });
    }

    open() {
      if (this.#mode === "inline") return this.scrollIntoView();
      if (!this.#dialog) {
        const [title, close] = this.#words;
        const button = make("button", { className: "close", type: "button", textContent: "×", ariaLabel: close });
        button.onclick = () => this.close();
        this.#dialog = make("dialog", { ariaLabel: title }, button, ...this.#load());
        this.#dialog.onclick = ({ target }) => target === this.#dialog && this.close();
        this.#dialog.onclose = () => this.#emit("close");
        this.shadowRoot.append(this.#dialog);
      }
      if (this.#dialog.open) return;
      this.#dialog.showModal();
      this.#emit("open");
    }

    close() {
      this.#dialog?.close();
    }

    get #mode() {
      return this.#choose("mode", MODES) || MODES[0];
    }

    get #words() {
      return WORDS[this.#language || navigator.language.slice(0, 2)] ?? WORDS.en;
    }

    get #language() {
      const around = (this.closest("[lang]")?.getAttribute("lang") ?? "").slice(0, 2).toLowerCase();
      return this.#choose("locale", Object.keys(WORDS), (text) => text.slice(0, 2)) || (WORDS[around] ? around : "");
    }

    /* Where the business answers: the address of this script, unless "src" says another one. */
    get #home() {
      const src = this.getAttribute("src");
      if (!src) return HOME;
      const url = URL.canParse(src, document.baseURI) && new URL(src, document.baseURI);
      if (url && /^https?:$/.test(url.protocol)) return url.origin;
      warn(`cannot read src="${src}".`);
      return HOME;
    }

    #choose(name, known, fold = (text) => text) {
      const typed = this.getAttribute(name);
      if (!typed) return "";
      const found = fold(typed.trim().toLowerCase());
      if (known.includes(found)) return found;
      warn(`knows no ${name}="${typed}"; there is ${known.join(", ")}.`);
      return "";
    }

    #draw() {
      const root = this.shadowRoot;
      clearTimeout(this.#timer);
      this.#dialog = this.#frame = undefined;
      const mode = this.#mode;
      if (mode === "inline") return root.replaceChildren(...this.#load());
      const button = make(mode === "popup" ? "slot" : "button", {
        onclick: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          this.open();
        },
      });
      if (mode !== "popup") {
        Object.assign(button, { className: "open", type: "button", part: "button", ariaHasPopup: "dialog" });
        button.textContent = this.getAttribute("label") || this.textContent.trim() || this.#words[0];
      }
      root.replaceChildren(button);
    }

    #load() {
      const [title, , loading] = this.#words;
      const theme = this.#choose("theme", ["light", "dark", "auto"]);
      const said = [this.#language, theme === "auto" ? "" : theme, this.#mode === "inline" ? "" : "popup"];
      const url = new URL(`/embed/~${said.filter(Boolean).join(".")}/`, this.#home);
      for (const name of ["service", "resource", "location"])
        if (this.getAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      this.#cover = make("div", { className: "cover", role: "status" }, make("div", { className: "wait" }), loading);
      this.#frame = make("iframe", { title: this.getAttribute("label") || title, allow: "clipboard-write" });
      this.#frame.referrerPolicy = "strict-origin"; // by it the business sees which of its sites show the widget
      this.#wait(PATIENCE);
      // What a policy blocks is loaded as well, as an error; pages of ours say before that they are there.
      this.#frame.onload = () => this.#cover.hidden || this.#wait(1500);
      this.#frame.src = url;
      return [this.#frame, this.#cover];
    }

    #wait(milliseconds) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#fail("unavailable"), milliseconds);
    }

    #fail(code) {
      const [, , , text, open] = this.#words;
      clearTimeout(this.#timer);
      const link = make("a", { href: `${this.#home}/`, target: "_blank", rel: "noopener", textContent: open });
      this.#cover.hidden = false;
      this.#cover.replaceChildren(text, link);
      this.#emit("error", { code });
    }

    #emit(type, detail) {
      this.dispatchEvent(new CustomEvent(`turnero:${type}`, { detail, bubbles: true, composed: true }));
    }

    handleEvent(event) {
      const { source, origin, data } = event;
      if (event.type !== "message") {
        const isFrame = /^(frame|child|default)-src$/.test(event.effectiveDirective);
        if (this.#frame && isFrame && event.blockedURI.startsWith(this.#home)) this.#fail("blocked");
        return;
      }
      const frame = this.#frame;
      if (!frame || source !== frame.contentWindow || origin !== this.#home || data?.turnero !== 1) return;
      const { type } = data;
      if (type === "ready") return this.#welcome(origin);
      if (type === "close") return this.close();
      if (type === "height") {
        const height = Math.min(MOST, Math.max(LEAST, data.height | 0));
        if (this.#mode === "inline" && Math.abs(height - frame.offsetHeight) > 1) frame.style.blockSize = `${height}px`;
        return;
      }
      if (!/^(step|booked|rescheduled|cancelled)$/.test(type)) return;
      const detail = Object.fromEntries(FACTS.filter((name) => name in data).map((name) => [name, String(data[name])]));
      const said = JSON.stringify([type, detail]);
      if (type === "step" && !this.#dialog && this.getBoundingClientRect().top < 0) this.scrollIntoView();
      else if (type !== "step" && said === this.#last) return; // the page was only loaded again
      if (type !== "step") this.#last = said;
      this.#emit(type, detail);
    }

    /* A page of ours is there; it is told what this page knows of its visitor, and nobody else is. */
    #welcome(origin) {
      const isFirst = !this.#cover.hidden;
      clearTimeout(this.#timer);
      this.#cover.hidden = true;
      const values = {};
      for (const { name, value } of this.attributes)
        if (OURS.test(name) && name.startsWith("prefill-")) values[name.slice(8).replace(/^asset-/, "asset.")] = value;
      this.#frame.contentWindow.postMessage({ turnero: 1, type: "prefill", values }, origin);
      if (isFirst) this.#emit("ready");
    }
  }
  customElements.define(NAME, Widget);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-turnero-open]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const widget = document.querySelector(opener.dataset.turneroOpen || NAME);
    if (!(widget instanceof Widget)) return;
    event.preventDefault();
    widget.open();
  });
})();
