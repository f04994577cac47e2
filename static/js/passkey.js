// Forms with data-passkey: asks the browser for a passkey and sends what it answers. Without passkeys in the
// browser the form stays hidden, and codes are the way.
(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (verb, { publicKey }) => {
    publicKey.challenge = bytes(publicKey.challenge);
    if (verb === "create") {
      publicKey.user.id = bytes(publicKey.user.id);
      publicKey.excludeCredentials = known(publicKey.excludeCredentials);
    } else {
      publicKey.allowCredentials = known(publicKey.allowCredentials);
    }
    return navigator.credentials[verb]({ publicKey });
  };

  const answer = (credential) => {
    const { id, rawId, type, response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const sent = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
    return {
      id, rawId: text(rawId), type,
      response: Object.fromEntries(sent),
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector(".passkey-problem");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
        form.elements.credential.value = JSON.stringify(answer(credential));
        form.submit();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        problem.hidden = false;
      }
    });
  });
})();
