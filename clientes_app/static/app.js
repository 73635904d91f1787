// What htmx and plain HTML cannot do: tokens, dialogs, ticked rows, and saying that it takes long or the connection is lost.
(() => {
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const byId = (id) => document.getElementById(id);
  const dialog = () => document.querySelector("dialog");
  const tellOfInput = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

  // The form's own token is of the session in which it was opened: the present one's goes in its place.
  document.addEventListener("htmx:config:request", ({ detail: { ctx: { request } } }) => {
    if (request.method === "GET") return;
    request.body?.delete("csrf_token");
    request.headers["X-CSRFToken"] = cookie("csrftoken") ?? "";
  });

  // Dialogs: a fragment that arrives in the dialog opens it; an answer with `dialog:close` closes it.
  document.addEventListener("htmx:after:swap", (event) => {
    const box = dialog();
    if (byId("dialog").childElementCount && !box.open) {
      delete box.dataset.changed;
      byId("flashes").replaceChildren(); // what it says is of the page
      box.prepend(byId("notices"));
      box.showModal();
    }
    const wrong = box.querySelector("[aria-invalid=true]");
    wrong?.focus();
    if (event.detail.ctx.target === byId("dialog") && !wrong) delete box.dataset.changed;
  });
  document.addEventListener("dialog:close", () => closeDialog());
  // What a form downloads leaves the page as it is; the form itself must stay until it is sent.
  document.addEventListener("submit", ({ target }) => target.matches("dialog [data-download]") && setTimeout(closeDialog));
  document.addEventListener("input", ({ target }) => target.closest("dialog") && (dialog().dataset.changed = "yes"));

  function closeDialog() {
    const box = dialog();
    box.close();
    byId("dialog").replaceChildren();
    delete box.dataset.changed;
    byId("content").before(byId("notices"));
    // What opened it may have been deleted with its row.
    if (document.activeElement === document.body) byId("content").focus({ preventScroll: true });
  }

  function leaveDialog() {
    const box = dialog();
    if (box.dataset.changed && !confirm(box.dataset.unsaved)) return;
    byId("flashes").replaceChildren();
    byId("no-answer").hidden = true;
    closeDialog();
  }

  // It does not bubble, and the dialog is another one after going back.
  document.addEventListener("cancel", (event) => {
    if (event.target !== dialog()) return;
    event.preventDefault();
    leaveDialog();
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss], [data-leave-dialog]");
    if (button?.dataset.dismiss) return button.closest(button.dataset.dismiss).remove();
    if (dialog().contains(button)) {
      event.preventDefault();
      leaveDialog();
    }
  });

  // The own menu, and the one of the bar below, close when one goes elsewhere, or with Escape.
  function leaveMenu({ type, key, target }) {
    const menu = document.querySelector("details:is(.own-menu, .bottom-bar-more)[open]");
    if (!menu || (type === "keydown" ? key !== "Escape" : menu.contains(target))) return;
    if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
    menu.open = false;
  }
  for (const type of ["click", "focusin", "keydown"]) document.addEventListener(type, leaveMenu);

  // A form that is pressed twice is sent once; the buttons of htmx's are disabled meanwhile.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.timeStamp - event.target.sentAt < 1000) event.preventDefault();
    event.target.sentAt = event.timeStamp;
  });

  // What the browser puts back into a box nobody typed: its preview follows all the same.
  addEventListener("pageshow", () => {
    for (const box of document.querySelectorAll("textarea")) if (box.value !== box.defaultValue) tellOfInput(box);
  });

  // A draft saves itself. Its requests may overtake one another, so each says when something was typed last; until all
  // of it is saved the browser would bring it back, and what did not get through is sent again.
  const SECONDS_UNTIL_AGAIN = 5;
  const KEEPALIVE_LIMIT = 60_000; // a longer request does not outlive its page
  const isDraft = (ctx) => ctx?.sourceElement?.id === "draft-status";
  document.addEventListener("input", ({ target }) => {
    const fields = target.form?.elements;
    if (!fields?.pagina) return; // other forms have an `orden` of their own
    fields.orden.value = Date.now();
    target.form.autocomplete = "on";
  }, true);
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (isDraft(ctx)) ctx.request.keepalive = String(new URLSearchParams(ctx.request.body)).length < KEEPALIVE_LIMIT;
  });
  function noteSaved(status, code) {
    const saved = code > 0 && code < 400;
    byId("draft-unsaved").hidden = saved;
    if (saved) status.closest("form").autocomplete = "off";
    else if (!code || code === 401 || code >= 500) setTimeout(() => status.dispatchEvent(new Event("retry")), SECONDS_UNTIL_AGAIN * 1000);
  }

  // A button that writes its text where the caret is, as if it were typed.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const box = byId(button.dataset.insertInto);
    box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    tellOfInput(box);
  });

  // A button that copies what a box holds, and says so.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = byId(button.dataset.copy);
    box.select();
    // Where the page has no clipboard (http on another machine), the selection is what is copied.
    if (navigator.clipboard) navigator.clipboard.writeText(box.value);
    else document.execCommand("copy");
    button.querySelector("span").textContent = button.dataset.copied;
    byId("announcer").textContent = button.dataset.copied;
  });

  // A button that prints; without scripts the browser's own menu does.
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  // Ticked rows: how many, in words that the page brings along.
  const ticks = () => [...document.querySelectorAll("input[name=cliente_ids][type=checkbox]")];
  function countTicks() {
    const count = ticks().filter((tick) => tick.checked).length;
    const written = count.toLocaleString(document.documentElement.lang);
    const whole = count && document.querySelector("[name=destino][type=checkbox]:checked");
    document.querySelectorAll("[data-ticked-many]").forEach((words) => {
      words.textContent = whole ? words.dataset.tickedWhole : count === 1 ? words.dataset.tickedOne : count ? words.dataset.tickedMany.replace("{n}", written) : "";
    });
    const all = document.querySelector("[data-tick-all]");
    if (all) all.checked = count > 0 && count === ticks().length;
    if (all) all.indeterminate = count > 0 && !all.checked;
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) ticks().forEach((tick) => (tick.checked = event.target.checked));
    countTicks();
  });
  document.addEventListener("htmx:after:swap", countTicks);
  countTicks();

  // Progress in words for those who listen, at most every few seconds; its end at once.
  const SECONDS_BETWEEN_WORDS = 5;
  let saidAt = 0;
  function announceProgress() {
    const sentence = byId("progress-sentence");
    if (!sentence) return;
    saidAt = Date.now();
    byId("announcer").textContent = sentence.textContent.trim();
  }
  document.addEventListener("htmx:sse:after:message", () => Date.now() - saidAt > SECONDS_BETWEEN_WORDS * 1000 && announceProgress());
  document.addEventListener("end", announceProgress);

  // What takes long shows a bar, which app.css draws after a while: what people ask for, not what pages ask by themselves.
  const waiting = new Set();
  const showWaiting = () => document.documentElement.toggleAttribute("data-waiting", waiting.size > 0);
  const waitFor = (what) => showWaiting(waiting.add(what));
  const waitNoMore = (what) => showWaiting(waiting.delete(what));
  let downloads = false;
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => ctx.sourceEvent?.isTrusted && !isDraft(ctx) && waitFor(ctx));
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => waitNoMore(ctx));
  document.addEventListener("submit", ({ target }) => (downloads = target.matches("[data-download]")));
  addEventListener("beforeunload", () => downloads || waitFor("page"));
  addEventListener("pageshow", () => waitNoMore("page"));

  // A lost connection is said, and unsaid when anything gets through again; so is the lack of an answer to a form.
  const lose = (lost) => (byId("connection-lost").hidden = !lost);
  const sayNoAnswer = (none) => (byId("no-answer").hidden = !none);
  setInterval(() => byId("connection-lost").hidden || fetch("/healthz").then(() => lose(false), () => {}), 3000);
  addEventListener("offline", () => lose(true));
  document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
    if (isDraft(ctx)) noteSaved(ctx.sourceElement, 0);
    else if (ctx && ctx.request.method !== "GET") sayNoAnswer(true);
    else if (error instanceof TypeError || error === "timeout") lose(true);
  });
  document.addEventListener("htmx:sse:error", () => lose(true));
  document.addEventListener("htmx:sse:after:message", () => lose(false));
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    lose(false);
    if (isDraft(ctx)) return noteSaved(ctx.sourceElement, ctx.response.status);
    if (ctx.request.method !== "GET") sayNoAnswer(false);
  });

  // Files go past the worker; whether anybody is there to take them is asked first.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.enctype !== "multipart/form-data") return;
    event.preventDefault();
    fetch("/healthz").then(() => event.target.submit(), () => sayNoAnswer(true));
  });

  // The worker shows a page of ours where the browser would show its own, and tells of forms that had no answer.
  const { serviceWorker } = navigator;
  serviceWorker?.register(document.body.dataset.worker).catch(() => {}); // without it all else goes as it did
  serviceWorker?.addEventListener("message", () => {
    waitNoMore("page");
    sayNoAnswer(true);
  });
})();
