// The enhancer. Everything it does already works as a link or a form; a failure anywhere leaves those as they are.

interface Policy { createHTML(s: string): any }

const none: Policy = { createHTML: (s) => s };
const tt = (window as any).trustedTypes;

// The one Trusted Types policy. It takes markup only from live(), which fetches it from this same site.
const frag: Policy = tt ? tt.createPolicy("frag", { createHTML: (s: string) => s }) : none;

const all = <T extends Element>(q: string, root: ParentNode = document): T[] => Array.from(root.querySelectorAll<T>(q));

const word = (ja: string, en: string): string => (document.documentElement.lang === "en" ? en : ja);

// live refetches the page of a filter form on a change and puts one element of the answer in place of the old.
function live(form: HTMLFormElement): void {
  const id = form.dataset.live as string;
  let turn = 0;
  let timer = 0;
  const run = async (): Promise<void> => {
    const mine = ++turn;
    const query = new URLSearchParams();
    new FormData(form).forEach((v, k) => {
      if (typeof v === "string" && v !== "") query.append(k, v);
    });
    const url = new URL(form.action);
    url.search = query.toString();
    try {
      const res = await fetch(url.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!res.ok || res.redirected) throw new Error(String(res.status));
      const doc = new DOMParser().parseFromString(frag.createHTML(await res.text()), "text/html");
      const fresh = doc.getElementById(id);
      const old = document.getElementById(id);
      if (mine !== turn) return;
      if (!fresh || !old) throw new Error("no element " + id);
      old.replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", url.href);
      enhance(fresh);
      say(fresh.querySelector("caption, .caption")?.textContent || "");
    } catch {
      if (mine === turn) form.submit();
    }
  };
  form.addEventListener("change", () => void run());
  form.addEventListener("input", (e) => {
    if ((e.target as HTMLInputElement).type !== "search") return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void run(), 300);
  });
}

// say tells a screen reader what has changed.
function say(text: string): void {
  let box = document.getElementById("said");
  if (!box) {
    box = document.createElement("div");
    box.id = "said";
    box.className = "hidden";
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  box.textContent = text.trim();
}

// checkAll shows the box in the table's head and lets it tick the boxes of all rows.
function checkAll(head: HTMLInputElement): void {
  const scope = head.closest("table") as HTMLTableElement;
  const boxes = (): HTMLInputElement[] =>
    all<HTMLInputElement>("tbody input[type=checkbox]", scope).filter((b) => b.name === head.dataset.checkAll);
  head.hidden = false;
  head.addEventListener("change", () => boxes().forEach((b) => (b.checked = head.checked)));
  scope.addEventListener("change", (e) => {
    if (e.target === head) return;
    const n = boxes().filter((b) => b.checked).length;
    head.checked = n > 0 && n === boxes().length;
    head.indeterminate = n > 0 && n < boxes().length;
  });
}

// guard asks before typed text is lost.
function guard(form: HTMLFormElement): void {
  let dirty = document.getElementById("error-summary") !== null;
  form.addEventListener("input", () => (dirty = true));
  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (e) => {
    if (!dirty) return;
    e.preventDefault();
    e.returnValue = form.dataset.guard || "";
  });
}

// ask puts a question before a button's form is sent.
function ask(button: HTMLButtonElement): void {
  button.addEventListener("click", (e) => {
    const text = button.dataset.ask;
    if (!text || typeof HTMLDialogElement === "undefined" || button.dataset.asked) return;
    e.preventDefault();
    const box = document.createElement("dialog");
    box.className = "ask";
    const p = document.createElement("p");
    p.id = "ask-text";
    p.textContent = text;
    box.setAttribute("aria-labelledby", p.id);
    const row = document.createElement("div");
    row.className = "buttons";
    const make = (label: string, kind: string, then: () => void): HTMLButtonElement => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "button " + kind;
      b.textContent = label;
      b.addEventListener("click", () => {
        box.close();
        then();
      });
      return b;
    };
    row.append(
      make(button.textContent || "", button.className.replace(/^button\b/, ""), () => {
        button.dataset.asked = "1";
        button.click();
        delete button.dataset.asked;
      }),
      make(word("やめる", "Cancel"), "", () => button.focus()),
    );
    box.append(p, row);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  });
}

// copy shows a copy button where the clipboard can be used.
function copy(button: HTMLButtonElement): void {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(button.dataset.copy || "").then(
      () => say((button.textContent = word("写しました", "Copied"))),
      () => (button.hidden = true),
    );
  });
}

function enhance(root: ParentNode): void {
  all<HTMLFormElement>("form[data-live]", root).forEach(live);
  all<HTMLFormElement>("form[data-guard]", root).forEach(guard);
  all<HTMLInputElement>("input[data-check-all]", root).forEach(checkAll);
  all<HTMLButtonElement>("button[data-ask]", root).forEach(ask);
  all<HTMLButtonElement>("button[data-copy]", root).forEach(copy);
}

document.addEventListener("keydown", (e) => {
  const at = e.target as HTMLElement;
  if (e.key === "Escape") {
    const menu = document.querySelector<HTMLDetailsElement>("details.person[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  }
  if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || at.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector<HTMLInputElement>("[data-search-key]");
  if (!box) return;
  e.preventDefault();
  box.focus();
});

enhance(document);
document.getElementById("error-summary")?.focus();
