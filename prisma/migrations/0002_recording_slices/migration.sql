-- AlterTable
ALTER TABLE "RecordingTrack" DROP COLUMN "slices",
ADD COLUMN     "missing" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "RecordingSlice" (
    "trackId" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "start" DOUBLE PRECISION NOT NULL,
    "end" DOUBLE PRECISION NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "chain" TEXT NOT NULL,

    CONSTRAINT "RecordingSlice_pkey" PRIMARY KEY ("trackId","n")
);

-- AddForeignKey
ALTER TABLE "RecordingSlice" ADD CONSTRAINT "RecordingSlice_trackId_fkey" FOREIGN KEY ("trackId") REFERENCES "RecordingTrack"("id") ON DELETE CASCADE ON UPDATE CASCADE;
