// Passkeys: a form asks the browser for one, and sends what it answers; it shows only where that can work.
(() => {
  const byName = !/^[\d.]+$|:/.test(location.hostname);
  const able = byName && window.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.prototype.toJSON;

  document.querySelectorAll("[data-passkey-unsupported]").forEach((words) => (words.hidden = Boolean(able)));
  if (able) document.querySelectorAll("form[data-passkey]").forEach(setUp);

  function setUp(form) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const [button, trouble] = [form.querySelector("button"), form.querySelector("[data-passkey-trouble]")];
      button.disabled = true;
      trouble.hidden = true;
      try {
        form.elements.credencial.value = JSON.stringify(await ask(form));
        form.submit();
      } catch (error) {
        trouble.textContent = error.cause?.error ?? trouble.dataset.passkeyTrouble;
        trouble.hidden = false;
        button.disabled = false;
      }
    });
  }

  async function ask(form) {
    const answer = await fetch(form.dataset.passkeyOptions, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const options = await answer.json();
    if (!answer.ok) throw new Error("refused", { cause: options });
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }
})();
