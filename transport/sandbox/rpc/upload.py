"""Methods of upload: files are uploaded and downloaded in parts."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL, boolean
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.world.model import File, RpcError

types = raw.types
STEP, FINE_STEP = 4096, 1024
"""Offsets and limits must be multiples of the first, or of the second with `precise`."""
LARGEST = 1024 * 1024
"""Most bytes in one answer. Without `precise`, a part may not cross a boundary of this size either."""
LOCATIONS = (types.InputPhotoFileLocation, types.InputDocumentFileLocation)
FILE_TYPES = {
    "image/jpeg": types.storage.FileJpeg,
    "image/png": types.storage.FilePng,
    "image/gif": types.storage.FileGif,
    "image/webp": types.storage.FileWebp,
    "audio/mpeg": types.storage.FileMp3,
    "video/mp4": types.storage.FileMp4,
}


def save_file_part(call: Call, query: TL) -> TL:
    call.services.uploads.take(call.bot.id, query.file_id, query.file_part, query.bytes)
    return boolean(True)  # noqa: FBT003 - the value


def get_file(call: Call, query: TL) -> TL:
    file = _locate(call, query.location)
    step = FINE_STEP if query.precise else STEP
    if query.offset < 0 or query.offset % step:
        raise RpcError(400, "OFFSET_INVALID")
    if not 0 < query.limit <= LARGEST or query.limit % step:
        raise RpcError(400, "LIMIT_INVALID")
    if not query.precise and (LARGEST % query.limit or query.offset // LARGEST != (query.offset + query.limit - 1) // LARGEST):
        raise RpcError(400, "LIMIT_INVALID")
    data = call.services.files.read(file.unique, query.offset, query.limit)
    kind = FILE_TYPES.get(file.mime, types.storage.FileUnknown)
    return types.upload.File(type=kind(), mtime=file.date, bytes=data)


def _locate(call: Call, location: TL) -> File:
    if not isinstance(location, LOCATIONS):
        raise RpcError(400, "LOCATION_INVALID")
    file = call.services.file_credentials.check(call.bot.id, location, error="LOCATION_INVALID")
    if (file.kind == "photo") != isinstance(location, types.InputPhotoFileLocation):
        raise RpcError(400, "LOCATION_INVALID")
    return file


METHODS: Methods = {
    "upload.SaveFilePart": save_file_part,
    "upload.SaveBigFilePart": save_file_part,
    "upload.GetFile": get_file,
}
