/* What the pages do beyond links, forms and htmx: keys, focus, one sending at a time, and saying when the line is down.
   Nothing here is needed: every page works without it. */
(() => {
  "use strict";
  const on = (name, act, capture) => document.addEventListener(name, act, capture);
  const all = (what, root = document) => [...root.querySelectorAll(what)];
  const id = (name) => document.getElementById(name);
  const seen = (element) => element.getClientRects().length > 0;

  const rows = () => all("[data-row]").filter(seen);

  const focus = (element) => {
    if (!element) return;
    if (!element.matches("a[href],button,input,select,textarea,summary,[tabindex]")) element.tabIndex = -1;
    element.focus();
  };

  const say = (text) => {
    const place = id("problem");
    if (!place) return;
    place.replaceChildren();
    if (!text) return;
    const box = place.appendChild(document.createElement("div"));
    box.className = "notice late";
    box.appendChild(document.createElement("p")).textContent = text;
  };

  /* One sending at a time: a second press while the first is under way does nothing. */
  const sending = new WeakSet();
  const done = (form) => {
    sending.delete(form);
    form.removeAttribute("aria-busy");
  };
  on("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sending.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sending.add(form);
    form.setAttribute("aria-busy", "true");
    setTimeout(done, 15000, form);
  }, true);
  addEventListener("pageshow", () => all("form[aria-busy]").forEach(done));

  /* On a page of its own a form is sent as without script: what it would bring up to date does not stand there. */
  const plainly = (event) => {
    const acts = event.type === "submit" ? event.target : event.target.closest?.("button[hx-post]");
    const target = acts?.getAttribute("hx-target");
    if (target?.startsWith("#") && !id(target.slice(1))) event.stopImmediatePropagation();
  };
  on("submit", plainly, true);
  on("click", plainly, true);

  /* htmx: what came back, what did not, and where the focus goes. */
  const formOf = (context) => context?.request?.form || context?.sourceElement?.closest?.("form");
  on("htmx:finally:request", (event) => {
    const form = formOf(event.detail.ctx);
    if (form) done(form);
  });
  on("htmx:before:request", (event) => {
    if (event.detail.ctx.request.method !== "GET") say("");
  });
  on("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    console.error(error);
    if (ctx && !ctx.response) say(id("problem")?.dataset.offline);
  });
  on("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    const { status } = ctx.response;
    if (ctx.hx.redirect || ctx.hx.retarget || status === 422 || status === 409) return;
    if (status === 401) return location.reload();
    ctx.select = ".notice";
    ctx.target = id("problem");
    ctx.swap = "innerHTML";
    if (!ctx.text.includes("notice")) {
      ctx.swap = "none";
      say(ctx.target.dataset.failed);
    }
  });
  on("htmx:before:swap", (event) => {
    for (const task of event.detail.tasks) all("script", task.fragment).forEach((script) => script.remove());
  });
  on("htmx:after:swap", (event) => {
    const { target: given, sourceElement } = event.detail.ctx;
    const target = typeof given === "string" ? document.querySelector(given) : given; // as hx-status names it
    if (sourceElement?.hasAttribute?.("data-polls")) return; // nobody asked: the focus stays where it is
    const place = target?.isConnected ? target : id(target?.id);
    if (!place) return;
    const wanted = place.querySelector("[aria-invalid=true]") || place.querySelector("[data-focus-here]");
    const onward = place.matches("[data-focus-next]") && rows()[rows().indexOf(place) + 1];
    if (onward) focus(onward.querySelector("[data-log]") || onward.querySelector("a[href],button"));
    else if (wanted) focus(wanted);
    else if (sourceElement?.id !== "q" && document.activeElement === document.body) focus(place);
  });

  /* Keys. */
  const walk = (step) => {
    const list = rows();
    const at = list.indexOf(document.activeElement.closest("[data-row]"));
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (!next) return;
    focus(next.querySelector("a[href],button") || next);
    next.scrollIntoView({ block: "nearest" });
  };
  const log = () => {
    const row = document.activeElement.closest("[data-row]") || (all("[data-log]").length > 1 ? rows()[0] : document);
    const what = row?.querySelector("[data-log]");
    if (!what) return;
    if (what.matches("a,button,summary")) what.click();
    else focus(what.querySelector("textarea") || what.querySelector("input:not([type=hidden])"));
  };
  let before = "";
  on("keydown", (event) => {
    const { key, target } = event;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = target.form || target.closest("form");
      if (form?.method === "post") {
        event.preventDefault();
        form.requestSubmit(form.querySelector("button:not([type=button]):not([formaction])"));
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const found = target.closest(".top");
    if (found && (key === "ArrowDown" || key === "ArrowUp")) {
      const stops = [id("q"), ...all("#found a")];
      const next = stops[stops.indexOf(target) + (key === "ArrowDown" ? 1 : -1)];
      if (next) event.preventDefault();
      return focus(next);
    }
    if (key === "Escape") {
      if (found) {
        id("found").replaceChildren();
        id("q").value = "";
      }
      all("details.menu[open]").forEach((menu) => {
        menu.open = false;
        if (menu.contains(target)) focus(menu.querySelector("summary"));
      });
      return;
    }
    if (target.closest("input:not([type=radio]):not([type=checkbox]),textarea,select,dialog,[contenteditable]")) return;
    const acts = { "/": () => focus(id("q")), j: () => walk(1), k: () => walk(-1), l: log, "?": () => id("keys")?.showModal() };
    const link = before === "g" && document.querySelector(`[data-key="g ${CSS.escape(key)}"]`);
    before = key;
    if (link) link.click();
    else if (Object.hasOwn(acts, key)) acts[key]();
    else return;
    event.preventDefault();
  });

  on("click", (event) => {
    const near = (what) => event.target.closest?.(what);
    const opener = near("[data-dialog]");
    if (opener) id(opener.dataset.dialog).showModal();
    const copier = near("[data-copy]");
    if (copier) navigator.clipboard?.writeText(id(copier.dataset.copy).value).then(() => (copier.textContent = copier.dataset.done));
    if (near("[data-print]")) print();
    const finder = near("[data-focus]");
    if (finder) {
      event.preventDefault();
      scrollTo(0, 0);
      focus(id(finder.dataset.focus));
    }
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });

  const ready = () => {
    all("[data-script]").forEach((element) => (element.hidden = false));
    focus(document.querySelector("main [aria-invalid=true]"));
    const zone = document.querySelector("select[data-own-zone]");
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone && all("option", zone).some((option) => option.value === own)) zone.value = own;
  };
  if (document.readyState === "loading") on("DOMContentLoaded", ready);
  else ready();
})();
