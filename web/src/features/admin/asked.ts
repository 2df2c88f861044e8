/** Whether the address asks for a new record: /filas?novo=1, as the first steps do. */
export const asked = () => new URLSearchParams(location.search).has('novo');
