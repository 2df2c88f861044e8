// Before the first paint: the theme this computer used last.
(function () {
  var theme = 'system';
  try {
    theme = localStorage.getItem('prosa.theme') || theme;
  } catch {
    // storage may be refused
  }
  var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
