// Before anything is drawn, so that a page that was dark is not light first.
try {
  const theme = localStorage.getItem("klm-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
