// Loaded as a module on every page; every page works without it.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll({
  characterCount: {
    i18n: {
      charactersUnderLimit: { one: "Il reste %{count} caractère", other: "Il reste %{count} caractères" },
      charactersAtLimit: "Il ne reste aucun caractère",
      charactersOverLimit: { one: "%{count} caractère en trop", other: "%{count} caractères en trop" },
    },
  },
  passwordInput: {
    i18n: {
      showPassword: "Afficher",
      hidePassword: "Masquer",
      showPasswordAriaLabel: "Afficher le mot de passe",
      hidePasswordAriaLabel: "Masquer le mot de passe",
      passwordShownAnnouncement: "Votre mot de passe est affiché",
      passwordHiddenAnnouncement: "Votre mot de passe est masqué",
    },
  },
  errorSummary: { disableAutoFocus: false },
});

// A form sent once is not sent again by a second click; going back with the browser makes it usable again.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent === "yes") event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// <output data-sum="rent charges">: the total of two amounts while they are typed; the server's figure without this.
const EUROS = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
function amount(text) {
  const cleaned = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(cleaned) ? Math.round(Number(cleaned) * 100) : NaN;
}
for (const output of document.querySelectorAll("output[data-sum]")) {
  const fields = output.dataset.sum.split(" ").map((id) => document.getElementById(id));
  const show = () => {
    const cents = fields.map((field) => amount(field.value)).reduce((sum, each) => sum + each, 0);
    if (!Number.isNaN(cents)) output.textContent = EUROS.format(cents / 100);
  };
  fields.forEach((field) => field.addEventListener("input", show));
  show();
}

// Fields that only a « no » asks for: what is out of sight is not sent. Without this the server says what to erase.
for (const question of document.querySelectorAll(".follow-up")) {
  const fields = question.querySelector(".follow-up__fields");
  const show = () => {
    const asked = question.querySelector('input[type="radio"][value="no"]:checked');
    const out = !asked && getComputedStyle(fields).display === "none";
    for (const each of fields.querySelectorAll("input, textarea, select")) each.disabled = out;
  };
  question.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
