"use strict";
// Save points and a comment, and move between the answers by the keyboard.
(() => {
  const [form, points, comment, said, left, again] = ["score", "points", "comment", "said", "left", "again"].map((id) =>
    document.getElementById(id),
  );
  const typed = () => JSON.stringify([points.value, comment.value]);
  let stored = typed();
  let saving = false;

  async function save() {
    if (saving) return;
    saving = true;
    said.textContent = "";
    const sent = typed();
    const { about, seen } = form.dataset;
    const body = JSON.stringify({ points: points.value, comment: comment.value, about, seen: Number(seen) });
    let result = { saved: false };
    try {
      const headers = { "Content-Type": "application/json" };
      result = await (await fetch(location.pathname, { method: "POST", headers, body })).json();
    } catch {
      result.said = "not saved: assay review does not answer. Copy the comment, and start the command again";
    }
    saving = false;
    said.textContent = result.said;
    said.className = result.saved ? "saved" : "refused";
    again.hidden = !result.changed;
    if (result.changed) again.focus();
    if (!result.saved) return;
    form.dataset.seen = result.seen;
    stored = sent;
    left.textContent = result.left;
    if (typed() === sent) document.getElementById("next")?.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  document.addEventListener("keydown", (event) => {
    const link = { KeyN: "next", KeyP: "previous" }[event.code];
    if (event.altKey && !event.ctrlKey && !event.metaKey && link) {
      event.preventDefault();
      document.getElementById(link)?.click();
    } else if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      save();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed() !== stored) event.preventDefault();
  });
  points.focus({ preventScroll: true });
})();
