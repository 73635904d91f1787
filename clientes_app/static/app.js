// What htmx and plain HTML cannot do: tokens, dialogs, ticked rows, and saying that the connection is lost.
(() => {
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const dialog = () => document.getElementById("dialog");

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = cookie("csrftoken") ?? "";
  });

  // Dialogs: a fragment that arrives in the dialog opens it; an answer with `dialog:close` closes it.
  document.addEventListener("htmx:after:swap", () => {
    const box = dialog();
    if (box?.childElementCount && !box.open) {
      delete box.dataset.changed;
      box.showModal();
    }
    const wrong = box?.querySelector("[aria-invalid=true]");
    wrong?.focus();
  });
  document.addEventListener("dialog:close", () => closeDialog());
  document.addEventListener("input", (event) => {
    if (event.target.closest("dialog")) dialog().dataset.changed = "yes";
  });

  function closeDialog() {
    const box = dialog();
    box.close();
    box.replaceChildren();
    delete box.dataset.changed;
  }

  function leaveDialog() {
    const box = dialog();
    if (!box.dataset.changed || confirm(box.dataset.unsaved)) closeDialog();
  }

  dialog().addEventListener("cancel", (event) => {
    event.preventDefault();
    leaveDialog();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss], [data-leave-dialog]");
    if (!button) {
      document.querySelectorAll("details.own-menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
      return;
    }
    if (button.dataset.dismiss) return button.closest(button.dataset.dismiss).remove();
    if (dialog().contains(button)) {
      event.preventDefault();
      leaveDialog();
    }
  });

  // A lost connection is said, and unsaid when anything gets through again.
  const lost = document.getElementById("connection-lost");
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.error instanceof TypeError) lost.hidden = false;
  });
  document.addEventListener("htmx:sse:error", () => (lost.hidden = false));
  document.addEventListener("htmx:after:request", () => (lost.hidden = true));
  document.addEventListener("htmx:sse:after:message", () => (lost.hidden = true));
})();
