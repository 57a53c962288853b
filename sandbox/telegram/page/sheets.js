// What is asked for more than a tap: a new group, and what can be done with a chat.

import { face, h, nameOf, post } from "./api.js";

export function newGroupSheet(phone) {
  const title = h("input", { placeholder: "Name of the group", maxlength: "128", value: "Staff" });
  const forum = h("input", { type: "checkbox", checked: true });
  const bot = h("input", { type: "checkbox", checked: true });
  const others = phone.town.people.filter((person) => person.id !== phone.person.id);
  const ticks = others.map((person) => {
    const box = h("input", { type: "checkbox", checked: true, value: person.id });
    return [box, h("label", {}, box, face(nameOf(person), person.id), nameOf(person))];
  });
  phone.sheet(h("div", { class: "form" }, h("h3", {}, "New group"), title,
    h("label", {}, bot, "With the bot, as administrator"), h("label", {}, forum, "With topics"),
    ticks.map(([, label]) => label)),
  ["Create", async () => {
    const members = ticks.filter(([box]) => box.checked).map(([box]) => Number(box.value));
    const asked = { title: title.value || "Staff", forum: forum.checked, members };
    const made = await post(`/people/${phone.person.id}/founds`, asked);
    await phone.open(made.chat_id);
    if (bot.checked) {
      await phone.act("invites", { user_id: phone.town.bot.id });
      await phone.act("appoints", { user_id: phone.town.bot.id });
    }
  }]);
}

export function groupSheet(phone) {
  const { chat } = phone;
  if (chat.type === "private") {
    const deed = chat.blocked ? "unblocks" : "blocks";
    phone.sheet(h("div", { class: "form" }, h("h3", {}, chat.title), h("p", {}, `@${phone.town.bot.username}, a bot in a sandbox`)),
      [chat.blocked ? "Unblock the bot" : "Block the bot", () => phone.act(deed)]);
    return;
  }
  const members = chat.members.map((user) => h("label", {}, face(nameOf(user), user.id),
    h("span", {}, nameOf(user), h("small", {}, ` ${chat.statuses[user.id]}`))));
  const inside = new Set(chat.members.map((user) => user.id));
  const absent = phone.town.people.filter((person) => !inside.has(person.id));
  const deeds = absent.map((person) => [`Add ${nameOf(person)}`, () => phone.act("invites", { user_id: person.id })]);
  const bot = phone.town.bot.id;
  if (!inside.has(bot)) deeds.push(["Add the bot", () => phone.act("invites", { user_id: bot })]);
  else if (chat.statuses[bot] === "member") deeds.push(["Make the bot an administrator", () => phone.act("appoints", { user_id: bot })]);
  if (inside.has(bot)) deeds.push(["Remove the bot", () => phone.act("removes", { user_id: bot })]);
  if (chat.is_forum) deeds.push(["New topic", () => topicSheet(phone)]);
  if (chat.type === "group") deeds.push(["Turn into a supergroup", () => upgrade(phone)]);
  deeds.push(["Leave", async () => {
    await phone.act("removes", { user_id: phone.person.id });
    phone.list();
  }]);
  phone.sheet(h("div", { class: "form" }, h("h3", {}, chat.title), members), ...deeds);
}

function topicSheet(phone) {
  const name = h("input", { placeholder: "Name of the topic", maxlength: "128" });
  phone.sheet(h("div", { class: "form" }, h("h3", {}, "New topic"), name),
    ["Create", () => phone.act("opens_topic", { name: name.value })]);
}

async function upgrade(phone) {
  const made = await phone.act("upgrades");
  if (made) phone.open(made.chat_id);
}
