// Reads the answer aloud and prints it. Without this script the page is whole;
// only the two buttons stay hidden.
'use strict';
(() => {
  const tools = document.querySelector('[data-tools]');
  if (!tools) return;
  const speak = tools.querySelector('[data-speak]');
  const synth = window.speechSynthesis;
  tools.hidden = false;
  tools.querySelector('[data-print]').addEventListener('click', () => window.print());
  if (!synth || !window.SpeechSynthesisUtterance) {
    speak.hidden = true;
    return;
  }

  const show = (on) => {
    speak.setAttribute('aria-pressed', String(on));
    speak.textContent = on ? '停止朗读' : '朗读';
  };
  const start = () => {
    // One utterance a line: long ones are cut off by some browsers.
    const lines = [...document.querySelectorAll('[data-read]')];
    lines.forEach((line, i) => {
      const u = new SpeechSynthesisUtterance(line.textContent);
      u.lang = 'zh-CN';
      u.rate = 0.9;
      if (i === lines.length - 1) u.onend = () => show(false);
      synth.speak(u);
    });
    show(true);
  };
  const stop = () => {
    synth.cancel();
    show(false);
  };
  speak.addEventListener('click', () => (speak.getAttribute('aria-pressed') === 'true' ? stop() : start()));
  window.addEventListener('pagehide', stop);
})();
