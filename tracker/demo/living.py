"""The demo firm, living: notes on the file, and the small things to do that a year of looking after a client brings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tracker.clients import commands as clients
from tracker.coordination import commands as coordination
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.demo.file import DECIDING, OURS, File
from tracker.demo.telling import Step
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class Small:
    """Something small to do, and on whom it waits: in both languages where somebody types it, else a step of the rulebook."""

    en: str = ""
    fr: str = ""
    party: Party = Party.US
    kind: str | None = None


TO_DO = (
    Small("Compare the broker's entry list with the last statement", "Comparer la liste du courtier au dernier relevé"),
    Small("Call finance about the new person who pays", "Appeler les finances au sujet de la nouvelle personne qui paie"),
    Small("Send the forecast for the next two quarters", "Envoyer les prévisions des deux prochains trimestres", Party.CLIENT),
    Small("Confirm who replaces the second manager over the holidays", "Confirmer qui remplace le second gestionnaire pendant les congés",
          Party.CLIENT),
    Small("Ask the broker for the entries of the courier shipments", "Demander au courtier les déclarations des envois par messagerie",
          Party.BROKER),
    Small(kind="correct_entries", party=Party.BROKER),
    Small("Quote for a higher bond before the peak season", "Soumission pour un cautionnement plus élevé avant la haute saison", Party.SURETY),
    Small("Rider with the new legal address", "Avenant avec la nouvelle adresse légale", Party.SURETY),
    Small("Answer to the request for an adjustment", "Réponse à la demande de rajustement", Party.CBSA),
    Small("Prepare the yearly talk: volume, origin, bond", "Préparer l'entretien annuel : volume, origine, cautionnement"),
    Small(kind="check_classification"),
    Small(kind="review_users", party=Party.CLIENT),
    Small("Check the certificates of origin that end this winter", "Vérifier les certificats d'origine qui expirent cet hiver"),
)  # fmt: skip
NOTES = (
    ("First call. They ship mainly by sea and want no surprises before the holidays.",
     "Premier appel. Ils importent surtout par mer et veulent éviter les surprises avant les fêtes."),
    ("The statement was read together line by line; finance now knows where GST stands.",
     "Relevé lu ensemble ligne par ligne; les finances savent maintenant où figure la TPS."),
    ("They plan a second warehouse next spring. The bond may have to grow before that.",
     "Un deuxième entrepôt est prévu au printemps. Le cautionnement devra peut-être augmenter avant."),
    ("The controller prefers mail before 10 a.m. and never calls on the 25th.",
     "La contrôleuse préfère un courriel avant 10 h et jamais d'appel le 25."),
    ("Yearly talk held: volume as planned, no new origins, the broker stays.",
     "Entretien annuel tenu : volume comme prévu, aucune nouvelle origine, le courtier reste."),
    ("Thank you for the quick answer on the portal users. Everything is in order on our side.",
     "Merci de la réponse rapide sur les utilisateurs du portail. Tout est en ordre de notre côté."),
)  # fmt: skip
SHARED = (1, 5)  # of the notes: what the client may read, too
ABOUT = {
    "one_manager": ("The second manager left in the summer; nobody has taken over yet. Asked three times.",
                    "Le second gestionnaire est parti cet été; personne ne l'a remplacé. Demandé trois fois."),
    "gap": ("One statement of the summer is off by a few dollars. The broker says nothing was posted by them.",
            "Un relevé de l'été ne balance pas à quelques dollars près. Le courtier dit n'avoir rien inscrit."),
    "export_only": ("They thought they could import: CBSA refused the first release, the account is for export only.",
                    "Ils croyaient pouvoir importer : l'ASFC a refusé le premier dédouanement, le compte est réservé à l'exportation."),
    "left": ("The parent company takes customs in-house from this autumn. Handed the file over, all delegations checked.",
             "La société mère reprend la douane à l'interne dès l'automne. Dossier remis, délégations vérifiées."),
    "uncovered": ("Enrolled since the end of the transition, and nobody ever posted security. They found out from us.",
                  "Inscrits depuis la fin de la transition, et personne n'a jamais déposé de garantie. Ils l'ont appris de nous."),
}  # fmt: skip
FINISHED = 2  # small things done in the past, besides those to come
OVERDUE_OF = 16  # the client of this number has something small that is overdue


def steps(file: File) -> Iterator[Step]:
    """Notes over the time, small things done, and small things to come."""
    story = file.story
    for index in range(min(1 + story.joined // 160, 4)):
        ago = max(story.joined - 2 - index * 117, 1)
        text = NOTES[0] if index == 0 else NOTES[1 + (file.number + index) % (len(NOTES) - 1)]
        yield file.step(ago, 16, _note, text)
    if story.key in ABOUT:
        yield file.step(min(6, story.joined - 1) if story.key != "left" else 46, 16, _note, ABOUT[story.key])
    for index in range(story.small_tasks + FINISHED if story.small_tasks else 0):
        small = TO_DO[(file.number * 5 + index * 3) % len(TO_DO)]
        yield from _small(file, small, index, is_done=index >= story.small_tasks)
    if story.key == "gap":
        yield file.step(9, OURS, _kind, "explain_statement_gap", 5)
    if story.key == "export_only":
        yield file.step(8, OURS, _kind, "fix_rm_profile", 4)


def _small(file: File, small: Small, index: int, *, is_done: bool) -> Iterator[Step]:
    begun = file.chance.randint(70, 130) if is_done else file.chance.randint(1, 24)
    begun = min(begun, max(file.story.joined - 4, 1))
    due_in = 6 + (file.number * 7 + index * 19) % 61
    if file.number == OVERDUE_OF and index == 0:
        due_in = -4
    if is_done:
        due_in = 12 - begun
    made: list[UUID] = []
    yield file.step(begun, OURS, _add, small, due_in, made)
    if is_done and begun > 3:
        yield file.step(max(begun - file.chance.randint(4, 14), 1), DECIDING, _finish, made)


def _add(file: File, small: Small, due_in: int, made: list[UUID]) -> None:
    details: dict[str, Any] = {
        "client_id": file.client_id,
        "due_on": file.ahead(due_in),
        "owner_id": file.lead.user_id,
        "partner_id": {Party.BROKER: file.broker_id, Party.SURETY: file.surety_id}.get(small.party),
    }
    if small.kind is not None:
        task = coordination.ensure_task(file.lead, kind=small.kind, **details)
    else:
        task = coordination.add_task(
            file.lead,
            title=file.says(small.en, small.fr),
            waiting_on=small.party,
            is_client_visible=small.party is Party.CLIENT,
            **details,
        )
    if task is not None:
        made.append(task.id)


def _finish(file: File, made: list[UUID]) -> None:
    for key in made:
        task = db.session.get_one(Task, key)
        if task.state is TaskState.OPEN:  # a step of the rulebook may have been done with its engagement
            coordination.finish_task(file.lead, task=task, version=task.version)


def _kind(file: File, kind: str, due_in: int) -> None:
    coordination.ensure_task(
        file.lead, client_id=file.client_id, kind=kind, due_on=file.ahead(due_in), owner_id=file.lead.user_id
    )


def _note(file: File, words: tuple[str, str]) -> None:
    is_shared = words in [NOTES[index] for index in SHARED]
    clients.add_note(file.lead, client_id=file.client_id, text=file.says(*words), is_shared=is_shared)
