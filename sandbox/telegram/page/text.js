// A message's text with its entities. Offsets are UTF-16 units, as a string's own are here.

import { h } from "./api.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const BLOCKS = new Set(["PRE", "BLOCKQUOTE"]); // a line break after one is its own
const SAFE = /^(https?:|mailto:|tel:)/;

export function rich(text, entities = [], doings = {}) {
  return pieces(text, entities, 0, text.length, doings);
}

// Entities are sorted and nest; what an outer one covers is done inside it.
function pieces(text, entities, from, to, doings) {
  const made = [];
  let at = from;
  const plain = (until) => {
    const said = text.slice(at, until);
    made.push(BLOCKS.has(made.at(-1)?.tagName) ? said.replace(/^\n/, "") : said);
  };
  for (let next = 0; next < entities.length; next += 1) {
    const entity = entities[next];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    const inner = [];
    while (next + 1 < entities.length && entities[next + 1].offset < end) {
      next += 1;
      inner.push(entities[next]);
    }
    if (start > at) plain(start);
    made.push(wrapped(entity, text.slice(start, end), pieces(text, inner, start, end, doings), doings));
    at = end;
  }
  if (at < to) plain(to);
  return made;
}

function wrapped(entity, said, inner, doings) {
  const { type } = entity;
  if (TAGS[type]) return h(TAGS[type], { "data-language": entity.language }, inner);
  if (type === "spoiler") return spoiler(inner);
  if (type === "blockquote") return h("blockquote", {}, inner);
  if (type === "expandable_blockquote") return folded(inner);
  if (type === "bot_command") return deed(inner, () => doings.command?.(said));
  if (type === "text_link" || type === "url") return link(entity.url ?? said, inner, doings);
  if (type === "email") return link(`mailto:${said}`, inner, doings);
  return h("span", { class: type === "mention" || type === "hashtag" ? "tag" : undefined }, inner);
}

function deed(inner, onclick) {
  return h("button", { class: "deed", type: "button", onclick }, inner);
}

function link(url, inner, doings) {
  const start = doings.deepLink?.(url);
  if (start) return deed(inner, start);
  if (!SAFE.test(url)) return h("span", { class: "tag" }, inner);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, inner);
}

function spoiler(inner) {
  const cover = h("span", { class: "spoiler", role: "button", tabindex: "0", title: "Tap to reveal" }, inner);
  const reveal = () => cover.classList.add("shown");
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", (event) => event.key === "Enter" && reveal());
  return cover;
}

function folded(inner) {
  const quote = h("blockquote", { class: "folded", title: "Tap to unfold" }, inner);
  quote.addEventListener("click", () => quote.classList.toggle("open"));
  return quote;
}

// One line of a message, for a list or a reply.
export function brief(message) {
  if (!message) return "";
  const said = message.text ?? message.caption;
  const kind = KINDS.find(([name]) => name in message);
  return [kind?.[1], said].filter(Boolean).join(" ").replace(/\s+/g, " ") || serviceWords(message);
}

const KINDS = [
  ["photo", "🖼 Photo"], ["animation", "GIF"], ["document", "📎 File"], ["video", "Video"],
  ["audio", "Audio"], ["voice", "Voice message"], ["contact", "👤 Contact"], ["location", "📍 Location"],
  ["sticker", "Sticker"],
];

export function serviceWords(message) {
  const who = message.from.first_name;
  const name = (users) => users.map((user) => user.first_name).join(", ");
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} created the group`;
  if (message.new_chat_members) return `${who} added ${name(message.new_chat_members)}`;
  if (message.left_chat_member) {
    const left = message.left_chat_member;
    return left.id === message.from.id ? `${who} left` : `${who} removed ${left.first_name}`;
  }
  if (message.forum_topic_created) return `${who} opened the topic “${message.forum_topic_created.name}”`;
  if (message.forum_topic_edited) return `${who} renamed the topic to “${message.forum_topic_edited.name}”`;
  if (message.forum_topic_closed) return `${who} closed the topic`;
  if (message.forum_topic_reopened) return `${who} reopened the topic`;
  if (message.migrate_to_chat_id) return "The group became a supergroup";
  if (message.migrate_from_chat_id) return "This group was upgraded";
  if (message.pinned_message) return `${who} pinned a message`;
  if (message.new_chat_title) return `${who} renamed the group to “${message.new_chat_title}”`;
  return "";
}
