// Makes the pages quicker; every page works without it. No dependency, no inline anything.
"use strict";
(() => {
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const one = (query, root = document) => root.querySelector(query);
  const isTyping = (node) => node.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Keys
  let at = -1;
  const move = (step) => {
    const rows = all("tr[data-href]");
    if (!rows.length) return;
    rows[at]?.classList.remove("at");
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].classList.add("at");
    rows[at].scrollIntoView({ block: "nearest" });
    const row = rows[at];
    (all("a", row).find((link) => link.getAttribute("href") === row.dataset.href) ?? one("a", row))?.focus({ preventScroll: true });
  };
  const go = (name) => {
    const target = all("tr[data-href]")[at]?.dataset[name];
    if (target) location.assign(target);
    return Boolean(target);
  };
  document.addEventListener("keydown", (event) => {
    const search = one("[data-search]");
    if (search && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search.select();
      return search.focus();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "e") go("edit");
    else if (event.key === "?") one("#keys")?.showModal();
    else if (event.key === "Enter" && !event.target.closest("a, button, summary, input")) go("href");
  });

  // Tabs and filters that slide sideways begin at the one that is chosen
  for (const link of all(".tabs [aria-current], .filters [aria-current]")) {
    const list = link.closest("ul");
    list.scrollLeft = link.getBoundingClientRect().left - list.getBoundingClientRect().left - 24;
  }

  // Ticked rows
  const count = () => {
    const number = all("[data-row]:checked").length;
    for (const bar of all("[data-bulk]")) {
      bar.hidden = number === 0;
      one("[data-count]", bar).textContent = number;
    }
    for (const box of all("[data-all]")) box.indeterminate = number > 0 && number < all("[data-row]").length;
  };
  document.addEventListener("change", (event) => {
    const node = event.target;
    if (node.matches("[data-all]")) for (const box of all("[data-row]")) box.checked = node.checked;
    if (node.matches("[data-all], [data-row]")) count();
    if (node.matches("[data-autosubmit]")) node.form.requestSubmit();
    if (node.matches("[data-drop] input[type=file]")) name(node);
  });
  count();

  // Files dropped
  const name = (input) => {
    const place = one("[data-names]", input.closest("[data-drop]"));
    if (place) place.textContent = [...input.files].map((file) => file.name).join(", ");
  };
  for (const area of all("[data-drop] .drop")) {
    const mark = (isOver) => (event) => { event.preventDefault(); area.classList.toggle("over", isOver); };
    area.addEventListener("dragover", mark(true));
    area.addEventListener("dragleave", mark(false));
    area.addEventListener("drop", (event) => {
      mark(false)(event);
      const input = one("input[type=file]", area);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // Autosave, one request at a time; the answer's X-Version goes back into the form
  const save = async (form) => {
    if (form.dataset.saving) { form.dataset.again = "yes"; return; }
    form.dataset.saving = "yes";
    const told = one("[data-saved]", form);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" } });
      const version = answer.headers.get("X-Version");
      if (version && form.elements.version) form.elements.version.value = version;
      const time = new Date().toTimeString().slice(0, 5);
      if (told) told.textContent = answer.ok ? `${told.dataset.word} ${time}` : told.dataset.failed;
      if (answer.ok && !form.dataset.again) delete form.dataset.dirty;
    } catch {
      if (told) told.textContent = told.dataset.failed;
    }
    delete form.dataset.saving;
    if (form.dataset.again) { delete form.dataset.again; save(form); }
  };
  for (const form of all("form[data-autosave], form[data-guard]")) {
    let timer = 0;
    form.addEventListener("input", () => {
      form.dataset.dirty = "yes";
      if (!form.matches("[data-autosave]")) return;
      clearTimeout(timer);
      timer = setTimeout(() => save(form), 800);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); delete form.dataset.dirty; });
  }
  addEventListener("beforeunload", (event) => { if (one("form[data-dirty]")) event.preventDefault(); });
  // On a phone a chart is wider than the screen, and what counts stands at its right end.
  for (const chart of all(".chart-scroll")) chart.scrollLeft = chart.scrollWidth;
  for (const address of all("[data-copy]")) address.addEventListener("focus", () => address.select());
  one("[data-focus]")?.focus();
})();
