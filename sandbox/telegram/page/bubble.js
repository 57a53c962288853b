// One message, or one album, as a bubble with its keyboard.

import { face, h, hour, icon, nameOf } from "./api.js";
import { brief, rich, serviceWords } from "./text.js";

export function bubble(messages, phone) {
  const message = messages[0];
  const service = serviceWords(message);
  if (service) return h("div", { class: "service", "data-id": message.message_id }, h("span", {}, service));
  const mine = message.from.id === phone.person.id;
  const row = h("div", { class: `row ${mine ? "mine" : "theirs"}`, "data-id": message.message_id });
  const inGroup = message.chat.type !== "private";
  if (inGroup && !mine) row.append(face(nameOf(message.from), message.from.id));
  const media = messages.map((one) => picture(one)).filter(Boolean);
  const body = h("div", { class: `bubble${media.length ? " with-media" : ""}` },
    inGroup && !mine && h("div", { class: `sender name-${Math.abs(message.from.id) % 7}` }, nameOf(message.from)),
    message.via_bot && h("div", { class: "via" }, `via @${message.via_bot.username}`),
    message.forward_origin && h("div", { class: "via" }, `Forwarded from ${nameOf(message.forward_origin.sender_user)}`),
    quoted(message, phone),
    media.length > 0 && h("div", { class: `media count-${Math.min(media.length, 4)}` }, media),
    messages.map((one) => attachment(one)),
    words(messages, phone),
    foot(message, mine));
  body.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    phone.offer(message, mine, event);
  });
  row.append(h("div", { class: "stack" }, body, keyboard(message, phone)));
  return row;
}

function words(messages, phone) {
  const said = messages.find((one) => one.text ?? one.caption);
  if (!said) return null;
  const parts = rich(said.text ?? said.caption, said.entities ?? said.caption_entities, phone.doings);
  return h("div", { class: "text", dir: "auto" }, parts);
}

function quoted(message, phone) {
  const to = message.reply_to_message;
  if (!to || to.forum_topic_created) return null;
  return h("button", { class: "quoted", type: "button", onclick: () => phone.scrollTo(to.message_id) },
    h("b", {}, nameOf(to.from)), h("span", {}, brief(to)));
}

function foot(message, mine) {
  return h("div", { class: "foot" },
    message.reactions?.length > 0 && h("span", { class: "reactions" }, message.reactions.join(" ")),
    message.silent && !mine && h("span", { title: "Sent without sound" }, "🔕"),
    message.has_protected_content && h("span", { title: "Cannot be forwarded or saved" }, "🔒"),
    message.edit_date && h("span", {}, "edited"),
    h("time", {}, hour(message.date)),
    mine && h("span", { class: "ticks" }, "✓✓"));
}

function picture(message) {
  const photo = message.photo?.at(-1) ?? (message.animation?.mime_type?.startsWith("image/") && message.animation);
  if (!photo) return null;
  const image = h("img", { src: `/files/${photo.file_id}`, alt: message.caption ?? "Photo", loading: "lazy" });
  if (photo.width) [image.width, image.height] = [photo.width, photo.height];
  const frame = h("button", { class: "photo", type: "button" }, image);
  if (message.has_media_spoiler) frame.classList.add("covered");
  frame.addEventListener("click", () => {
    if (frame.classList.contains("covered")) frame.classList.remove("covered");
    else enlarge(image.src, image.alt);
  });
  return frame;
}

function enlarge(source, alt) {
  const dialog = document.querySelector("#dialog");
  dialog.className = "large";
  dialog.replaceChildren(h("img", { src: source, alt }));
  dialog.onclick = () => dialog.close();
  dialog.showModal();
}

const size = (bytes) =>
  bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

function attachment(message) {
  const file = message.document ?? message.video ?? message.audio ?? message.voice;
  if (file && !picture(message)) {
    return h("a", { class: "file", href: `/files/${file.file_id}`, download: file.file_name ?? "file" },
      h("span", { class: "disc" }, icon("file")),
      h("span", {}, h("b", {}, file.file_name ?? "Voice message"), h("small", {}, size(file.file_size))));
  }
  if (message.contact) {
    const { contact } = message;
    return h("div", { class: "file" }, face(nameOf(contact), contact.user_id ?? 3),
      h("span", {}, h("b", {}, nameOf(contact)), h("small", {}, contact.phone_number)));
  }
  if (message.location) {
    const { latitude, longitude } = message.location;
    return h("div", { class: "place" }, icon("place"),
      h("small", {}, `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
  }
  return null;
}

const MARKS = { url: "link", copy_text: "copy", switch_inline_query: "inline", switch_inline_query_current_chat: "inline" };

function keyboard(message, phone) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  let number = 0;
  return h("div", { class: "keyboard" }, rows.map((row) => h("div", { class: "keys" }, row.map((button) => {
    const mine = number;
    number += 1;
    const mark = Object.keys(MARKS).find((kind) => kind in button);
    const key = h("button", { type: "button", class: `key ${button.style ?? ""}` },
      h("span", {}, button.text), mark && icon(MARKS[mark]));
    key.addEventListener("click", () => phone.tap(message, mine, button, key));
    return key;
  }))));
}
