// The page: everybody's phones side by side, kept up to date by one stream of changes.

import { Refused, face, get, h, icon, nameOf, post } from "./api.js";
import { Phone } from "./phone.js";

const WEATHER = {
  slow: { kind: "slow", seconds: 2, times: 0 },
  lost: { kind: "lost", times: 0, method: "sendMessage" },
  down: { kind: "refused", status: 502, times: 0 },
};

const town = {
  bot: null,
  people: [],
  phones: new Map(),
  putAway(id) {
    town.phones.get(id)?.element.remove();
    town.phones.delete(id);
    remember();
    drawPeople();
  },
};

const remembered = () => JSON.parse(localStorage.getItem("phones") ?? "null");
const remember = () => localStorage.setItem("phones", JSON.stringify([...town.phones.keys()]));
const phones = document.querySelector("#phones");

function take(person) {
  const phone = new Phone(town, person);
  town.phones.set(person.id, phone);
  phones.append(phone.element);
  remember();
  drawPeople();
}

function lookAt(person) {
  if (!town.phones.has(person.id)) take(person);
  town.phones.get(person.id).element.scrollIntoView({ behavior: "smooth", inline: "center" });
}

function drawPeople() {
  document.querySelector("#people").replaceChildren(
    ...town.people.map((person) => h("button", {
      class: `person${town.phones.has(person.id) ? " here" : ""}`, type: "button",
      title: `Phone of ${nameOf(person)}`, onclick: () => lookAt(person),
    }, face(nameOf(person), person.id), h("span", {}, person.first_name))),
    h("button", { class: "person add", type: "button", title: "Add a person", onclick: addPerson },
      h("span", { class: "face" }, icon("plus")), h("span", {}, "Person")));
}

function addPerson() {
  const dialog = document.querySelector("#dialog");
  dialog.className = "";
  dialog.onclick = null;
  const field = (name, label, more = {}) => [name, h("label", {}, label, h("input", { name, ...more }))];
  const fields = [
    field("first_name", "Name", { required: true, maxlength: "64", autofocus: true }),
    field("phone", "Phone", { placeholder: "+8801711000002", pattern: "\\+?[0-9]{6,15}" }),
    field("username", "Username, if any", { pattern: "[A-Za-z0-9_]{3,32}" }),
    field("language_code", "Language", { value: "bn", maxlength: "8" }),
  ];
  const wrong = h("p", { class: "wrong" });
  const form = h("form", { method: "dialog" }, h("h3", {}, "Add a person"), fields.map(([, label]) => label), wrong,
    h("div", { class: "deeds" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", class: "main" }, "Add")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    try {
      const made = await post("/people", asked);
      dialog.close();
      await look();
      lookAt(town.people.find((person) => person.id === made.id));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      wrong.textContent = refused.message;
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

async function look() {
  const told = await get("/people");
  town.bot = told.bot;
  town.people = told.people;
  const kind = told.faults[0];
  const now = { slow: "slow", lost: "lost", refused: "down" }[kind] ?? (told.floods ? "floods" : "fine");
  document.querySelector("#weather").value = now;
  drawPeople();
}

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("message", async (message) => {
    const event = JSON.parse(message.data);
    if (event.kind === "people" || event.kind === "anew") await look();
    for (const phone of town.phones.values()) phone.hears(event);
    document.body.classList.remove("lost");
  });
  stream.addEventListener("error", () => document.body.classList.add("lost"));
}

function paint(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  document.querySelector("#theme").replaceChildren(icon(theme === "dark" ? "sun" : "moon"));
}

function chooseTheme() {
  const asked = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("theme");
  paint(asked ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  document.querySelector("#theme").addEventListener("click", () =>
    paint(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
}

document.querySelector("#weather").addEventListener("change", (event) => {
  const { value } = event.target;
  const asked = { floods: value === "floods", lift: true };
  post("/weather", WEATHER[value] ? { ...asked, fault: WEATHER[value] } : asked);
});

setInterval(() => {
  const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  for (const clock of document.querySelectorAll(".clock")) clock.textContent = now;
}, 10_000);

chooseTheme();
await look();
const wanted = remembered() ?? town.people.slice(0, 3).map((person) => person.id);
for (const person of town.people.filter((one) => wanted.includes(one.id))) take(person);
if (!town.phones.size && town.people.length) take(town.people[0]);
listen();
