// The phone in the browser: sends what is typed or tapped and shows the reply.
// Without this script the forms post themselves and the page shows the last
// exchange.
'use strict';
(() => {
  const root = document.querySelector('[data-try]');
  const log = root.querySelector('[data-log]');
  const input = root.querySelector('#text');
  const failed = '没有连上，请过一会儿再试。';
  let waiting = false;

  const add = (kind, text) => {
    const bubble = document.createElement('div');
    bubble.className = kind === 'system' ? 'system' : 'bubble ' + kind;
    const p = document.createElement('p');
    fill(p, text);
    bubble.append(p);
    log.append(bubble);
    log.scrollTop = log.scrollHeight;
    return bubble;
  };

  // WeChat shows two kinds of link in a text: a bare address and <a href>.
  const link = /<a\s+href="(https?:\/\/[^"\s]+)"[^>]*>([^<]*)<\/a>|https?:\/\/[^\s<>"，。；、（）「」]+/g;
  const fill = (p, text) => {
    let from = 0;
    for (const m of text.matchAll(link)) {
      p.append(text.slice(from, m.index));
      const a = document.createElement('a');
      a.href = m[1] || m[0];
      a.textContent = m[2] || m[0];
      a.target = '_blank';
      a.rel = 'noopener';
      p.append(a);
      from = m.index + m[0].length;
    }
    p.append(text.slice(from));
  };

  const send = async (body, shown) => {
    if (waiting) return;
    waiting = true;
    if (shown) add('me', shown);
    const dots = document.createElement('div');
    dots.className = 'bubble them waiting';
    dots.setAttribute('aria-hidden', 'true');
    log.append(dots);
    log.scrollTop = log.scrollHeight;
    let kind = 'them';
    let text = failed;
    try {
      const res = await fetch('/try/messages', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      const reply = await res.json();
      text = res.ok ? reply.text : reply.error || failed;
      if (!res.ok) kind = 'system';
    } catch {
      kind = 'system';
    }
    dots.remove();
    const bubble = add(kind, text || '（没有回复）');
    // A long reply is read from its start.
    if (bubble.offsetHeight > log.clientHeight) log.scrollTop = bubble.offsetTop - log.offsetTop;
    waiting = false;
  };

  root.querySelector('[data-samples]').addEventListener('submit', (e) => {
    e.preventDefault();
    if (e.submitter) send({ text: e.submitter.value }, e.submitter.value);
  });
  root.querySelector('[data-menu]').addEventListener('submit', (e) => {
    e.preventDefault();
    if (e.submitter) send({ click: e.submitter.value }, '');
  });
  root.querySelector('[data-composer]').addEventListener('submit', (e) => {
    e.preventDefault();
    const text = input.value.trim();
    if (!text || waiting) return;
    input.value = '';
    send({ text }, text);
    input.focus();
  });
})();
