// The form of an entry shows how it looks while one writes. Without this
// script the button 「检查并看效果」 does the same.
(() => {
  const form = document.querySelector('[data-editor]');
  if (!form || !window.fetch || !window.DOMParser) return;
  const pause = 700; // milliseconds without a key
  let timer, asked, changed = false;

  async function look() {
    asked?.abort();
    asked = new AbortController();
    const data = new URLSearchParams(new FormData(form));
    data.set('do', 'glance');
    try {
      const reply = await fetch(form.getAttribute('action'), { method: 'POST', body: data, signal: asked.signal, redirect: 'error' });
      const expired = document.querySelector('[data-expired]');
      if (expired) expired.hidden = reply.status !== 401;
      if (!reply.ok) return;
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const now = page.querySelector('[data-panel]'), old = form.querySelector('[data-panel]');
      if (!now || !old) return;
      const open = [...old.querySelectorAll('details')].map(d => d.open);
      now.querySelectorAll('details').forEach((d, i) => { d.open = open[i] || false; });
      const top = old.scrollTop;
      old.replaceChildren(...document.adoptNode(now).childNodes);
      old.scrollTop = top;
    } catch { /* what is shown stays; the button still works */ }
  }

  form.addEventListener('input', () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  });
  form.addEventListener('submit', event => {
    if (event.submitter?.getAttribute('formtarget') !== '_blank') changed = false;
  });
  addEventListener('beforeunload', event => { if (changed) event.preventDefault(); });
})();
