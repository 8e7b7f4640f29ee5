// Passkeys, the one thing that no browser does without a script. A form[data-passkey] says what to do ("create" or
// "get") and, in data-challenge, where to ask for the options; the device's answer leaves with the form itself.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function options(form) {
  const headers = { "X-CSRFToken": form.elements.csrf_token.value };
  const answer = await fetch(form.dataset.challenge, { method: "POST", headers, redirect: "error" });
  if (!answer.ok) throw new Error(answer.status);
  const asked = await answer.json();
  const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  asked.excludeCredentials = keys(asked.excludeCredentials);
  asked.allowCredentials = keys(asked.allowCredentials);
  return asked;
}

function written(credential) {
  const response = credential.response;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said });
}

const REASONS = {
  NotAllowedError: "La demande a été annulée, ou le temps est écoulé. Vous pouvez recommencer.",
  InvalidStateError: "Cet appareil a déjà une clé d’accès pour ce compte.",
  SecurityError: "Cette adresse ne permet pas les clés d’accès.",
};

async function run(form, message) {
  message.textContent = "";
  try {
    const publicKey = await options(form);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (error) {
    message.textContent = REASONS[error.name] ?? "La clé d’accès n’a pas pu être lue. Rechargez la page et recommencez.";
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button[data-passkey-start]");
    form.hidden = false;
    button.addEventListener("click", () => run(form, form.querySelector("[data-passkey-message]")));
    form.addEventListener("submit", (event) => {
      // Enter in a field: the same as the button.
      event.preventDefault();
      event.stopPropagation();
      button.click();
    });
  }
  for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = true;
}
