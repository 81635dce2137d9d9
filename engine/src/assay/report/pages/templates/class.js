"use strict";
// Sort tables by a click on a heading, and show the students that are searched for. Without this script all are shown.
(() => {
  const MOST = 200; // rows of a table; the style hides the others until this script has run
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const valueOf = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();

  function sort(table, column, direction) {
    const rows = [...table.tBodies[0].rows];
    const order = (one, other) => {
      const [a, b] = [valueOf(one, column), valueOf(other, column)];
      if (a === "" || b === "") return (a === "") - (b === ""); // what is not known comes last in both directions
      const difference = Number(a) - Number(b);
      return direction * (Number.isNaN(difference) ? compare(a, b) : difference);
    };
    table.tBodies[0].append(...rows.sort(order));
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        sort(table, column, rising ? 1 : -1);
        if (tables.includes(table)) show();
      });
    });
  }

  const [find, filter, shown] = ["find", "filter", "shown"].map((id) => document.getElementById(id));
  const tables = [...document.querySelectorAll("table.students")];
  const names = new Map(tables.flatMap((table) => [...table.tBodies[0].rows].map((row) => [row, plain(row.cells[0].textContent)])));

  // To lay out thousands of rows takes longer than a person waits for a key: the first ones that were found are shown.
  function show(whole) {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const table of tables) {
      let found = 0;
      for (const row of table.tBodies[0].rows) {
        const wanted = !filter.value || row.dataset.tags.split(" ").includes(filter.value);
        row.hidden = !(wanted && words.every((word) => names.get(row).includes(word)));
        found += !row.hidden;
        row.classList.toggle("later", !row.hidden && found > MOST && table !== whole);
      }
      const more = table.parentElement.nextElementSibling;
      more.hidden = found <= MOST || table === whole;
      more.textContent = `Show all ${found}`;
      table.classList.add("ready");
      visible += more.hidden ? found : MOST;
    }
    shown.textContent = `${visible} of ${names.size} shown`;
  }

  find.addEventListener("input", () => show());
  filter.addEventListener("change", () => show());
  for (const table of tables) table.parentElement.nextElementSibling.addEventListener("click", () => show(table));
  document.querySelector(".tools").hidden = false;
  show(); // a browser may have kept what was typed
})();
