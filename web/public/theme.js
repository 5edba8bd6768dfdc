// Before the first paint, so that nothing flashes: the theme that was chosen, or else the device's.
const night = matchMedia('(prefers-color-scheme: dark)');
function show() {
  const chosen = localStorage.getItem('deep-story.theme');
  document.documentElement.dataset.theme = chosen ?? (night.matches ? 'dark' : 'light');
}
show();
night.addEventListener('change', show);
// In this tab it is told by src/lib/theme.ts, in the others by the browser.
addEventListener('storage', show);
