// What the page asks of the sandbox, and how it makes elements: text is always text, never markup.

export class Refused extends Error {}

async function answered(response) {
  const body = await response.json();
  if (body.ok === false) throw new Refused(body.description.replace(/^Bad Request: /, ""));
  return body;
}

export const get = async (path) => answered(await fetch(path));

export const post = async (path, body = {}) =>
  answered(await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));

export const handIn = async (file, kind) =>
  answered(await fetch(`/files?kind=${kind}&name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  }));

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-6z",
  clip: "M20 11l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L10 16.5a1.7 1.7 0 0 1-2.4-2.4L15 7",
  menu: "M5 7h14M5 12h14M5 17h14",
  keys: "M4 7h16v10H4zM8 10.5h0M12 10.5h0M16 10.5h0M9 14h6",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  more: "M12 6h0M12 12h0M12 18h0",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  place: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M19 5l-1.4 1.4M6.4 17.6L5 19",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
  link: "M8 16L17 7M10 7h7v7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  inline: "M5 8h10M5 8l3-3M5 8l3 3M19 16H9M19 16l-3-3M19 16l-3 3",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A face from a name: the same person has the same colour on every phone.
export function face(name, id) {
  const first = (word) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? "";
  const [one, two = ""] = name.trim().split(/\s+/);
  const letters = /^[\x20-\x7e]*$/.test(name) ? first(one) + first(two) : first(one);
  return h("span", { class: `face face-${Math.abs(id) % 7}` }, letters || "?");
}

export const nameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

export const hour = (date) =>
  new Date(date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
