// Counts bytes while a text is typed, shows of a form what the chosen channel
// needs, and looks again how far a campaign is. Without this script everything
// works: the server counts, both parts of the form are shown, and a link looks
// again.
'use strict';
(() => {
  const bytes = (text) => new TextEncoder().encode(text.trim().replace(/\r\n/g, '\n')).length;
  const form = document.querySelector('form.push-form');
  const chosen = () => form && form.querySelector('input[name=channel]:checked');
  const limitOf = (area) => (area.name === 'text' && chosen() ? (chosen().value === 'card' ? 600 : 2048) : Number(area.dataset.limit));
  const measure = (area) => {
    const line = area.closest('fieldset').querySelector('[data-meter]');
    const used = bytes(area.value), limit = limitOf(area);
    const meter = line.querySelector('meter');
    meter.max = limit;
    meter.value = Math.min(used, limit);
    line.querySelector('span').textContent = used + ' / ' + limit + ' 字节' + (used > limit ? '，多了 ' + (used - limit) : '');
  };
  const areas = document.querySelectorAll('textarea[data-limit]');
  areas.forEach((area) => {
    area.addEventListener('input', () => measure(area));
    measure(area);
  });

  // What holds something stays in sight, whatever the channel.
  const part = (name) => form && form.querySelector('fieldset[data-for=' + name + ']');
  const filled = (set) => [...set.querySelectorAll('input:not([type=checkbox]), textarea')].some((e) => e.value.trim() !== '');
  const show = () => {
    const c = chosen();
    const written = c && (c.value === 'mass' || c.value === 'publish');
    const text = part('text'), articles = part('articles');
    if (!text || !articles) return;
    text.hidden = Boolean(c) && written && !filled(text);
    articles.hidden = Boolean(c) && !written && !filled(articles);
    areas.forEach(measure);
  };
  if (form) {
    form.querySelectorAll('input[name=channel]').forEach((radio) => radio.addEventListener('change', show));
    show();
  }

  const card = document.querySelector('[data-progress]');
  if (!card) return;
  const put = (name, text) => {
    const e = card.querySelector('[data-' + name + ']');
    if (e && e.textContent !== text) e.textContent = text;
  };
  const first = card.querySelector('[data-status]').textContent;
  const look = async () => {
    if (document.hidden) return;
    let p;
    try {
      const answer = await fetch(card.dataset.progress, { headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) return;
      p = await answer.json();
    } catch {
      return; // the next look may reach it
    }
    if (p.status !== first) {
      clearInterval(timer);
      put('status', '现在是“' + p.status + '”。请刷新这一页。');
      return;
    }
    if (!p.known) return;
    const bar = card.querySelector('progress');
    bar.max = p.all;
    bar.value = p.done;
    put('done', p.done + ' / ' + p.all);
    put('left', p.left);
    const list = card.querySelector('[data-fates]');
    list.replaceChildren(...p.fates.flatMap((f) => {
      const dt = document.createElement('dt'), dd = document.createElement('dd');
      dt.textContent = f.name;
      dd.textContent = String(f.n);
      return [dt, dd];
    }));
  };
  const timer = setInterval(look, 3000);
})();
