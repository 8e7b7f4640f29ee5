// What the rule says of a password while it is typed. A [data-password-advice] holds the address that is asked and, in
// data-field, the id of the field. The password goes there and nowhere else; without this script, sending the form says the same.
const WAIT_MILLISECONDS = 500;

function advise(place) {
  const field = document.getElementById(place.dataset.field);
  let timer, asking;

  const say = (message) => {
    // Said again only when it changes: screen readers would repeat it at each letter.
    if (place.textContent !== message) place.textContent = message;
  };

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const form = new FormData();
    form.set("password", field.value);
    const headers = { "X-CSRFToken": field.form.elements.csrf_token.value };
    try {
      const answer = await fetch(place.dataset.passwordAdvice, {
        method: "POST", body: form, headers, redirect: "error", signal: asking.signal,
      });
      say(answer.ok ? (await answer.json()).message : "");
    } catch (error) {
      if (error.name !== "AbortError") say("");
    }
  }

  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${place.id}`.trim());
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value) timer = setTimeout(ask, WAIT_MILLISECONDS);
    else say("");
  });
}

for (const place of document.querySelectorAll("[data-password-advice]")) advise(place);
