/** A conversation, or somebody to begin one with, as one can go there. */

import { shortName } from "../lib/names";
import { t } from "../lib/text";
import { otherOf, presenceShape } from "../hooks/useConversations";
import { placeNote, type Place } from "../hooks/usePlaces";
import { Avatar } from "./Avatar";

/** The face, the title and a note; what is around it makes it a link or an option. */
export function PlaceRow({ place }: { place: Place }) {
  const { room, person, title } = place;
  const other = person ?? (room && otherOf(room));
  const note = placeNote(place);
  return (
    <>
      <Avatar
        id={other?.id ?? place.id}
        name={other ? title : shortName(title)}
        url={(other ?? room)?.avatarUrl}
        presence={other ? presenceShape(other) : undefined}
      />
      <span class="place-words">
        <b dir="auto">{title}</b>
        {note !== "" && <span> {note}</span>}
      </span>
      {room !== null && room.unread > 0 && (
        <span class="count">
          <span aria-hidden="true">{room.unread > 999 ? "999+" : room.unread}</span>
          <span class="vh">{t("list.unread", { n: room.unread })}</span>
        </span>
      )}
    </>
  );
}
